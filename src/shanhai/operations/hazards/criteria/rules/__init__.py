"""The criteria themselves: formulas, what a point remembers, the judgement of a site, replay."""
