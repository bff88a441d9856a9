# SPDX-License-Identifier: Apache-2.0
"""Units of Recommendation 20 of UNECE in the base unit of their quantity: 8 CEL and 281.15 KEL are one temperature.

Units whose factor is not listed are a base of their own: what is written in them is found by the same unit only.
"""

from __future__ import annotations

from math import pi

# The base first, then each unit with its factor. Units of one line are compared with one another.
_TABLE = f"""
KEL A48 {5 / 9}
C62 EA 1 H87 1 P1 .01 NX .001 E40 1e-5 59 1e-6 61 1e-9
KGM KTN 1e6 2U 1e3 TNE 1e3 LTN 1016.0469088 STN 907.18474 DTN 100 STI 6.35029318 LBR .45359237 HGM .1 ONZ .028349523125
 DJ .01 APZ .0311034768 GRM .001 DG 1e-4 CGM 1e-5 MGM 1e-6 MC 1e-9 CWI 50.80234544 CWA 45.359237 58 1 E4 1
 GRN 6.479891e-5 DWT .00155517384 DRA .003887935 DRI .0017718451953125 M86 .5
MTR A11 1e-10 C45 1e-9 4H 1e-6 MMT .001 CMT .01 DMT .1 A45 10 HMT 100 KMT 1e3 A71 1e-15 INH .0254 FOT .3048 YRD .9144
 AK 1.8288 X1 20.1168 M50 201.168 SMI 1609.344 NMI 1852 A12 149597870700
MTK MMK 1e-6 CMK 1e-4 DMK .01 ARE 100 DAA 1e3 HAR 1e4 KMK 1e6 INK 6.4516e-4 FTK .09290304 YDK .83612736
 ACR 4046.8564224 MIK 2589988.110336
MTQ MMQ 1e-9 CMQ 1e-6 DMQ .001 4G 1e-9 MLT 1e-6 CLT 1e-5 DLT 1e-4 LTR .001 A44 .01 HLT .1 K6 1 MAL 1e3 DMA 1e3 H19 1e6
 H20 1e9 INQ 1.6387064e-5 FTQ .028316846592 YDQ .764554857984 GLI .00454609 GLL .003785411784 PT 4.73176473e-4
 QT 9.46352946e-4 OZA 2.95735295625e-5 OZI 2.84130625e-5 Q34 1e-12 Q33 1e-15 Q32 1e-18
SEC H70 1e-12 C47 1e-9 B98 1e-6 C26 .001 B52 1e3 MIN 60 HUR 3600 DAY 86400 WEE 604800
PAL 74 .001 B96 1e-6 H75 10 A97 100 KPA 1e3 MPA 1e6 A89 1e9 MBR 100 BAR 1e5 ATM 101325 ATT 98066.5 PS 6894.757293168
 80 6894.757293168 UA {101325 / 760} HN 133.322387415 F79 3386.38864034
MTS C16 .001 2M .01 M62 1e3 2X {1 / 60} M60 {1 / 3600} KMH {1 / 3.6} HM .44704 KNT {1852 / 3600} IU .0254 FS .3048
 FR .00508
MSK C11 1e-5 A76 .01 M41 .001 M39 .01 M38 1e3 K40 9.80665 A73 .3048 IV .0254
C81 B97 1e-6 C25 .001 A91 {pi / 200} DD {pi / 180} D61 {pi / 10800} D62 {pi / 648000}
2A RPM {pi / 30} RPS {2 * pi}
JOU C15 .001 KJO 1e3 3B 1e6 GV 1e9 D30 1e12 C68 1e15 A68 1e18 WHR 3600 KWH 3.6e6 MWH 3.6e9 GWH 3.6e12
 A53 1.602176634e-19 E14 4186.8 BTU 1055.05585262
WTT D80 1e-6 C31 .001 KWT 1e3 MAW 1e6 A90 1e9 D31 1e12 HJ 735.49875
NEW B92 1e-6 C20 .001 B47 1e3 B73 1e6 DU 1e-5 B37 9.80665 B51 9.80665 C78 4.4482216152605
HTZ KHZ 1e3 MHZ 1e6 A86 1e9 D29 1e12
VLT D82 1e-6 2Z .001 KVT 1e3 B78 1e6
AMP C70 1e-12 C39 1e-9 B84 1e-6 4K .001 B22 1e3 H38 1e6
OHM B94 1e-6 E45 .001 B49 1e3 B75 1e6 A87 1e9 H44 1e12
FAR 4T 1e-12 C41 1e-9 4O 1e-6 C10 .001
SIE B99 1e-6 C27 .001 B53 1e3
LUX B60 1 KLX 1e3
D54 C32 .001
BQL 2Q 1e3 4N 1e6 GBQ 1e9 M5 3.7e4 MCU 3.7e7 CUR 3.7e10 2R 3.7e13
A95 C13 .001 C80 .01 A61 1e-4
D13 C28 .001 D91 .01 L31 1e-5
P65 P66 .001 P67 1e-6 P68 1e-9 P69 .01 P70 {1 / 3600} P71 {1e-3 / 3600} P72 {1e-6 / 3600} P73 {1e-9 / 3600}
 P74 {1 / 60} P75 {1e-3 / 60} P76 {1e-6 / 60} P77 {1e-9 / 60}
KMQ GQ 1e-9 GP 1e-6 H29 1e-6 M1 .001 A93 .001 GL 1 F23 1 23 1e3 GJ 1e3 B34 1e3 B35 1e3 D41 1e3 87 16.01846337396
C34 FH 1e-6 C18 .001 B45 1e3
C36 M33 1 C35 1e3 C38 1e3 B46 1e3
MQS MQH {1 / 3600} 4X {1 / 3600} L2 {1e-3 / 60} E32 {1e-3 / 3600} LD {1e-3 / 86400} 40 1e-6 41 {1e-6 / 60}
KGS E93 {1 / 3600}
NU B93 1e-6 D83 .001 F88 .01 J72 .01 DN .1 B48 1e3 B74 1e6
D33 C48 1e-9 D81 1e-6 C29 .001
C65 C24 .001 C7 .001 89 .1
S4 4C 1e-6 C17 1e-6 91 1e-4
COU C71 1e-12 C40 1e-9 B86 1e-6 D86 .001 B26 1e3 D77 1e6 A8 1 E09 3.6 AMH 3600 TAH 3.6e6
AD Q12 1 2P 1e3 4L 1e6 E34 1e9 E35 1e12 E64 1024 E63 {2**20} E62 {2**30} E61 {2**40} E60 {2**50} E59 {2**60}
"""
# By unit its base, the factor, and what is added before the factor counts.
_UNITS: dict[str, tuple[str, float, float]] = {"CEL": ("KEL", 1.0, 273.15), "FAH": ("KEL", 5 / 9, 459.67)}
for _line in _TABLE.strip().replace("\n ", " ").splitlines():
    _base, *_rest = _line.split()
    _UNITS[_base] = (_base, 1.0, 0.0)
    _UNITS |= {unit: (_base, float(factor), 0.0) for unit, factor in zip(_rest[::2], _rest[1::2], strict=True)}


def in_base(unit: str, number: float) -> tuple[str, float]:
    """The base unit of the quantity that is measured in ``unit``, and the number in it; an unknown unit is its own."""
    base, factor, shift = _UNITS.get(unit, (unit, 1.0, 0.0))
    return base, (number + shift) * factor
