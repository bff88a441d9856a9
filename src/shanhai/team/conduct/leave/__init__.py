"""Leave and trips: asked, counted, approved level by level, come back from."""
