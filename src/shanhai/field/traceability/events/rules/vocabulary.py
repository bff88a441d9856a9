# SPDX-License-Identifier: Apache-2.0
"""The words of the Core Business Vocabulary 2.0: bare as JSON has them, as web addresses, as the names of CBV 1.2."""

from __future__ import annotations

from collections.abc import Mapping

CBV, VOC = "https://ref.gs1.org/cbv/", "https://gs1.org/voc/"
# What the official context declares, without its being fetched.
BUILT_IN = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": CBV,
    "cbvmda": "urn:epcglobal:cbv:mda",
    "gs1": VOC,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}

# Kind, how its web addresses begin, how those of CBV 1.2 do (- for none), the words.
_TABLE = """
bizStep https://ref.gs1.org/cbv/BizStep- urn:epcglobal:cbv:bizstep:
 accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
 decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing
 killing loading other packing picking receiving removing repackaging repairing replacing reserving retail_selling
 shipping staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping sensor_reporting
 sampling
disposition https://ref.gs1.org/cbv/Disp- urn:epcglobal:cbv:disp:
 active container_closed damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive
 no_pedigree_match non_sellable_other partially_dispensed recalled reserved retail_sold returned sellable_accessible
 sellable_not_accessible stolen unknown available completeness_verified completeness_inferred conformant container_open
 mismatch_instance mismatch_class mismatch_quantity needs_replacement non_conformant unavailable
transaction https://ref.gs1.org/cbv/BTT- urn:epcglobal:cbv:btt:
 bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt
party https://ref.gs1.org/cbv/SDT- urn:epcglobal:cbv:sdt: owning_party possessing_party location
reason https://ref.gs1.org/cbv/ER- urn:epcglobal:cbv:er: did_not_occur incorrect_data
component https://ref.gs1.org/cbv/Comp- - x y z axial_distance azimuth height spherical_radius polar_angle
 elevation_angle easting northing latitude longitude altitude
exception https://gs1.org/voc/ - ALARM_CONDITION ERROR_CONDITION
"""
# What is measured, and its units in Recommendation 20 of UNECE; the first is the base.
_UNITS = """
AbsoluteHumidity KMQ A93 23 D41 GJ B35 GL GP B72 B34 H29 M1 GQ F23 G31 87 GE LA G32 K41 K71 K84 L37 L38 L39 L65 L92 L93
AbsorbedDose A95 C13 C80 A61
AbsorbedDoseRate P54 P55 P56 P57 P58 P59 P60 P61 P62 P63 P64
Acceleration MSK A76 C11 M38 M39 M41 A73 IV K40 M40 M42
Altitude MTR A11 A71 C45 4H A12 DMT CMT MMT INH FOT YRD NMI A45 HMT KMT B57 AK M50 M49 X1 M51 HL LF LK LM SMI
AmountOfSubstance C34 B45 C18 FH
AmountOfSubstancePerUnitVolume C36 M33 C38 C35 B46
Angle C81 C25 B97 A91 DD D61 D62 M43 M44
AngularAcceleration 2B M45
AngularMomentum C53 B33
AngularVelocity 2A M46 RPM RPS
Area MTK KMK H30 DAA CMK DMK H16 H18 MMK ARE HAR INK FTK YDK MIK M48 ACR M47 BB
Capacitance FAR H48 C10 4O C41 4T N90
Conductance SIE B53 C27 B99 N92 NQ NR
Conductivity D10 B77 B15 H61 H43
Count C62 H87 EA
Density KMQ 23 D41 GJ B35 GL A93 GP B72 B34 H29 M1 GQ F23 G31 87 GE LA G32 K41 K71 K84 L37 L38 L39 L65 L92 L93
Dimensionless C62 P1 59 61 60 E40 NX GK NA J33 L32 M29 K62 L19 J36 H60 H65 J87 L21 J91 C35 Q30
DoseEquivalent D13 C28 D91 L31
DoseEquivalentRate P65 P66 P67 P68 P69 P70 P71 P72 P73 P74 P75 P76 P77
DynamicViscosity C65 89 C24 C7 J32 K67 K68 K91 K92 L64 N34 N36 N38 N39 N40 N41 N42 N43 N44
ElectricCharge COU A8 AMH TAH D77 D86 B26 B86 C40 C71 E09 N95 N94
ElectricCurrent AMP B22 H38 4K B84 C39 C70 N96 N97
ElectricCurrentDensity A41 B66 A4 A7 B23
ElectricFieldStrength D50 B79 C30 D47 D45 D51 H23 H24
Energy JOU KJO A68 C68 D30 GV 3B C15 A70 A13 WHR MWH KWH GWH D32 A53 B71 A85 B29 A57 85 B38 N46 N47 D60 J75 E14 K51 K53
 BTU J37 N71 N72 J55
Exposure CKG B63 B64 C8 C9
Force NEW B47 B73 B92 C20 DU C78 B37 B51 L40 L94 M75 M76 M77 M78
Frequency HTZ KHZ MHZ A86 D29 C97 C94
Illuminance LUX B60 KLX P25 P26 P27
Inductance 81 C14 B90 C43 C73 P24
Irradiance D54 C32 C76 D85 N48 N49 N50 N51 N52 N53 N54 N55 N56 N57
KinematicViscosity S4 4C 91 C17 M79 M81 S3
Length MTR A11 A71 C45 4H A12 DMT CMT MMT INH FOT YRD NMI A45 HMT KMT B57 AK M50 M49 X1 M51 HL LF LK LM SMI
LinearMomentum B31 C57 M98 M99 N10 N11
Luminance A24 P28 P29 P30 P31
LuminousFlux LUM
LuminousIntensity CDL P33 P34
MagneticFlux WEB C33 P11
MagneticFluxDensity D33 C29 D81 C48 P13 P12
MagneticVectorPotential D59 B56 D60
Mass KGM KTN LTN 2U TNE STN DTN STI LBR HGM ONZ DJ APZ GRM DG CGM MGM MC F13 CWI CWA M86 58 DRA DRI E4 GRN PN DWT
MassConcentration KMQ A93 GP GQ GL M1 23 GJ B35
MassFlowRate KGS M87 E93 F28
MassPerAreaTime H56
MemoryCapacity AD Q12 2P 4L E34 E35 E64 E63 E62 E61 E60 E59
MolalityOfSolute C19 C16
MolarEnergy B15 B44
MolarMass D74 A94
MolarVolume A40 A37 A36 B58
Power WTT KWT MAW A90 D31 C31 D80 C49 C75 F80 A63 A74 B39 HJ A25 BHP K15 K16 K42 K43 N12 2I D46 E15 E16
Pressure PAL H75 74 A89 A97 B96 KPA MPA BAR MBR C55 C56 B40 UA 80 H78 HP F79 F78 ATT ATM J89 HN PS K24 K25 K31 84
RadiantFlux WTT KWT D80 C31
RadiantIntensity D57
Radioactivity BQL CUR MCU M5 2R GBQ 2Q 4N H08
RelativeHumidity P1 59 C62
Resistance OHM A87 B75 H44 B49 E45 B94 P22
Resistivity C61 C1 C60 C63
SolidAngle D27
SpecificVolume A39 22 H83 KX N28 N29 N30
Speed MTS KMH HM M57 M58 KNT M62 H49 2M K14 FR FS M63 IU M61 2X C16 H67 H81 M60 M64 M65 M66
SurfaceDensity 28 25 GM 37 D5
SurfaceTension 4P C22 DX
Temperature KEL FAH CEL A48
Time SEC MIN HUR DAY B52 C26 H70 B98 C47 WEE MON ANN D42 L95 L96 M56
Torque NU F88 B74 B48 D83 B93 DN J72 B38 F21 J94 L41 M92 M95 M96 M97
Voltage VLT N99 2Z B78 D82 KVT
Volume MTQ MAL LTR MMQ CMQ DMQ HLT DMA H19 H20 DLT CLT MLT 4G Q34 Q33 Q32 K6 D40 A44 INQ FTQ YDQ GLI GLL PT OZA OZI QT
VolumeFlowRate MQS MQH L2 LD 2J 2K 2L 40 41 4X 5A G2 G3 GB Q37 Q38 Q39 Q40 E32
VolumeFraction C62 P1 59 61 GK NA J33 H60 H65
VolumetricFlux H60 MTS KMH
Wavenumber E92 E90
"""
# Names of drafts that are still written.
RENAMED = {
    "EffectiveDose": "DoseEquivalent",
    "EffectiveDoseRate": "DoseEquivalentRate",
    "Molar_concentration": "AmountOfSubstancePerUnitVolume",
}


def _lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().replace("\n ", " ").splitlines()]


UNITS: dict[str, tuple[str, ...]] = {what: tuple(units) for what, *units in _lines(_UNITS)}
_KINDS = [*_lines(_TABLE), ["measurement", VOC, "-", *UNITS, *RENAMED]]
# By kind the web address of each word; by each other spelling its word.
FULL: dict[str, dict[str, str]] = {kind: {word: web + word for word in words} for kind, web, _, *words in _KINDS}
_BARE = {
    kind: {begin + word: word for begin in (web, urn) for word in words if begin != "-"}
    for kind, web, urn, *words in _KINDS
}


def expanded(text: str, names: Mapping[str, str]) -> str:
    """A compact name ("gs1:Temperature") in full, where its prefix is declared; anything else as it is."""
    prefix, colon, local = text.partition(":")
    if not colon or prefix not in names or not local or local[:2] == "//" or any(map(str.isspace, local)):
        return text
    return names[prefix] + local


def full(kind: str, text: str, names: Mapping[str, str]) -> str:
    """A value of that kind as its web address, however it is spelt; one of another vocabulary as it is."""
    known = FULL[kind].get(text)
    if known is not None:
        return known
    spelt = expanded(text, names)
    word = _BARE[kind].get(spelt)
    return spelt if word is None else FULL[kind][word]


def bare(kind: str, text: str, names: Mapping[str, str]) -> str:
    """The bare word of a value of that kind, as JSON has it; one of another vocabulary as it is."""
    return _BARE[kind].get(text) or _BARE[kind].get(expanded(text, names), text)


def names_of(context: object, known: Mapping[str, str]) -> dict[str, str]:
    """What a context declares beside what is ``known`` already. An address in it is a name and is not fetched."""
    names = dict(known)
    for part in context if isinstance(context, list) else [context]:
        for term, meant in part.items() if isinstance(part, dict) else ():
            space = meant.get("@id") if isinstance(meant, dict) else meant
            if isinstance(space, str) and term[:1] != "@":
                names[term] = expanded(space, names).removesuffix(":") if term == "cbvmda" else expanded(space, names)
    return names


def qualified(key: str, names: Mapping[str, str]) -> str:
    """The name of a field as XML would have it: "{namespace}local"; without a namespace as it is."""
    prefix, colon, local = key.partition(":")
    if colon and local[:2] != "//" and prefix in names:
        return f"{{{names[prefix]}}}{local}"
    address = key if colon else names.get(key, "")
    if not address.startswith(("http://", "https://", "urn:")):
        return key
    at = max(map(address.rfind, "#/:")) + 1
    return f"{{{address[:at]}}}{address[at:]}"
