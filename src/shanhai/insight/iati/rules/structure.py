# SPDX-License-Identifier: Apache-2.0
"""The structure of IATI 2.03, in a notation of our own.

``kind: parts @attributes``. A part is a child element, in this order, with how often it comes (once; ``?`` at most
once, ``+`` at least once, ``*``) and, after ``=``, its kind where that is not its name; ``~`` is where elements of
other namespaces may stand. ``#`` is the type of the text of an element that has no children. An attribute is needed
unless it ends in ``?``; after ``=`` stands its type, else it is any text. Attributes of other namespaces are welcome
unless ``closed``. ``anywhere`` lists what is known by name wherever it stands, so also within elements of other
namespaces.
"""

STRUCTURE = """
[both]
text: narrative+ ~
code: ~ @code
day: ~ @iso-date=date
coded: ~ @code @vocabulary?
place: narrative* ~ @code
narrative: #string @xml:lang?=language
reporting-org: narrative+ ~ @ref @type @secondary-reporter?=boolean
value: #decimal @currency? @value-date=date
[iati-activities]
iati-identifier: #string
description: narrative+ ~ @type?
participating-org: narrative* ~ @ref? @type? @role @activity-id? @crs-channel-code?
owner-org: narrative* ~ @ref?
other-identifier: owner-org? ~ @ref @type
activity-date: narrative* ~ @type @iso-date=date
telephone: #string
email: #string
website: #anyURI
contact-info: organisation=text? department=text? person-name=text? job-title=text? telephone* email* website*
  mailing-address=text* ~ @type?
recipient-country: narrative* ~ @code @percentage?=decimal
recipient-region: narrative* ~ @code @vocabulary? @vocabulary-uri?=anyURI @percentage?=decimal
location-id: ~ @code @vocabulary
administrative: ~ @code @vocabulary @level?=nonNegativeInteger
pos: #string closed
point: pos ~ @srsName
location: location-reach=code? location-id* name=text? description=text? activity-description=text?
  administrative* point? exactness=code? location-class=code? feature-designation=code? ~ @ref?
sector: narrative* ~ @vocabulary? @vocabulary-uri?=anyURI @code @percentage?=decimal
tag: narrative* ~ @code @vocabulary @vocabulary-uri?=anyURI
budget-item: description=text? ~ @code @percentage?=decimal
country-budget-items: budget-item+ ~ @vocabulary
humanitarian-scope: narrative* ~ @type @vocabulary @vocabulary-uri?=anyURI @code
policy-marker: narrative* ~ @vocabulary? @vocabulary-uri?=anyURI @code @significance?
budget: period-start=day period-end=day value ~ @type? @status?
provider-org: narrative* ~ @ref? @provider-activity-id? @type?
receiver-org: narrative* ~ @ref? @receiver-activity-id? @type?
planned-disbursement: period-start=day period-end=day? value provider-org? receiver-org? ~ @type?
capital-spend: ~ @percentage=decimal
transaction/sector: narrative* ~ @vocabulary? @vocabulary-uri?=anyURI @code
transaction/recipient-region: narrative* ~ @code @vocabulary? @vocabulary-uri?=anyURI
transaction: transaction-type=code transaction-date=day value description=text? provider-org? receiver-org?
  disbursement-channel=code? sector=transaction/sector* recipient-country=place?
  recipient-region=transaction/recipient-region? flow-type=code? finance-type=code? aid-type=coded*
  tied-status=code? ~ @ref? @humanitarian?=boolean
document-link: title=text description=text? category=code+ language=code* document-date=day? ~ @url=anyURI @format
related-activity: ~ @ref @type closed
legacy-data: ~ @name @value @iati-equivalent?=NMTOKEN closed
condition: narrative+ ~ @type closed
conditions: condition* ~ @attached=boolean
reference: ~ @code @vocabulary @vocabulary-uri?=anyURI
indicator/reference: ~ @vocabulary @code @indicator-uri?=anyURI
baseline/location: ~ @ref?
dimension: ~ @name? @value?
baseline: location=baseline/location* dimension* document-link* comment=text? ~ @iso-date?=date
  @year=positiveInteger @value?
target: location=baseline/location* dimension* comment=text? document-link* ~ @value? closed
actual: location=baseline/location* dimension* comment=text? document-link* ~ @value? closed
period: period-start=day period-end=day target* actual* ~
indicator: title=text description=text? document-link* reference=indicator/reference* baseline* period* ~ @measure
  @ascending?=boolean @aggregation-status?=boolean
result: title=text description=text? document-link* reference* indicator+ ~ @type @aggregation-status?=boolean
other-flags: ~ @code @significance=boolean
loan-terms: repayment-type=code? repayment-plan=code? commitment-date=day? repayment-first-date=day?
  repayment-final-date=day? ~ @rate-1?=decimal @rate-2?=decimal
interest-received: #decimal closed
principal-outstanding: #decimal closed
principal-arrears: #decimal closed
interest-arrears: #decimal closed
loan-status: interest-received? principal-outstanding? principal-arrears? interest-arrears? ~ @year=decimal
  @currency? @value-date=date
channel-code: #string closed
crs-add: other-flags* loan-terms? loan-status? channel-code? ~
forecast: #decimal @year=decimal @currency? @value-date?=date
fss: forecast* ~ @extraction-date=date @priority?=boolean @phaseout-year?=decimal
iati-activity: iati-identifier reporting-org title=text description+ participating-org+ other-identifier*
  activity-status=code activity-date+ contact-info* activity-scope=code? recipient-country* recipient-region*
  location* sector* tag* country-budget-items? humanitarian-scope* policy-marker* collaboration-type=code?
  default-flow-type=code? default-finance-type=code? default-aid-type=coded* default-tied-status=code? budget*
  planned-disbursement* capital-spend? transaction* document-link* related-activity* legacy-data* conditions?
  result* crs-add? fss? ~ @last-updated-datetime?=dateTime @xml:lang?=language @default-currency?
  @humanitarian?=boolean @hierarchy?=int @linked-data-uri?=anyURI @budget-not-provided?
iati-activities: iati-activity+ ~ @version @generated-datetime?=dateTime @linked-data-default?=anyURI
anywhere: narrative title=text description=text comment=text reporting-org iati-activities iati-activity
  iati-identifier participating-org activity-scope=code recipient-country recipient-region collaboration-type=code
  default-flow-type=code default-aid-type=coded default-finance-type=code other-identifier sector activity-date
  activity-status=code contact-info default-tied-status=code humanitarian-scope policy-marker capital-spend
  transaction location tag country-budget-items related-activity legacy-data result conditions budget
  planned-disbursement crs-add fss dimension
[iati-organisations]
organisation-identifier: #any
budget-line: value narrative+ ~ @ref?
total-budget: period-start=day period-end=day value budget-line* ~ @status?
recipient-org: narrative+ ~ @ref? closed
recipient-org-budget: recipient-org period-start=day period-end=day value budget-line* ~ @status?
recipient-region: narrative* ~ @vocabulary? @vocabulary-uri?=anyURI @code?
recipient-region-budget: recipient-region period-start=day period-end=day value budget-line* ~ @status?
recipient-country-budget: recipient-country=place period-start=day period-end=day value budget-line* ~ @status?
expense-line: value narrative+ ~ @ref?
total-expenditure: period-start=day period-end=day value expense-line* ~
document-link: title=text description=text? category=code+ language=code* document-date=day? ~
  recipient-country=place* @url=anyURI @format
iati-organisation: organisation-identifier name=text reporting-org total-budget* recipient-org-budget*
  recipient-region-budget* recipient-country-budget* total-expenditure* document-link* ~
  @last-updated-datetime?=dateTime @xml:lang?=language @default-currency?
iati-organisations: iati-organisation+ ~ @version @generated-datetime?=dateTime
anywhere: narrative title=text description=text comment=text reporting-org iati-organisations iati-organisation
  name=text total-budget recipient-org-budget recipient-region-budget recipient-country-budget total-expenditure
"""
