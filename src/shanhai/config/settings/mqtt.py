# SPDX-License-Identifier: Apache-2.0
"""MQTT: which broker, how ingest processes reach it, what devices are told (docs/operate/mqtt.md)."""

from shanhai.config.env import env

# "embedded" is run beside the pages; "mosquitto" is told of accounts by its dynamic security; "other" is left alone.
MQTT_BROKER = env("SHANHAI_MQTT_BROKER")
# With the account of ingest processes: mqtt://user:password@host:1883, or mqtts:// for TLS.
MQTT_URL = env("SHANHAI_MQTT_URL")
# A file of certificates that the broker's is checked against, instead of those of the system.
MQTT_CA = env("SHANHAI_MQTT_CA")
# What devices are told where it differs: mqtt://host:port or mqtts://host:port.
MQTT_PUBLIC_URL = env("SHANHAI_MQTT_PUBLIC_URL")
# Certificate and key with which the embedded broker speaks TLS.
MQTT_CERTIFICATE = env("SHANHAI_MQTT_CERTIFICATE")
MQTT_KEY = env("SHANHAI_MQTT_KEY")
# 5, or 4 for brokers that speak MQTT 3.1.1 alone.
MQTT_PROTOCOL = env.int("SHANHAI_MQTT_PROTOCOL")
# Messages on their way to an ingest process at a time: what bounds its memory.
MQTT_INFLIGHT = env.int("SHANHAI_MQTT_INFLIGHT")
# Whether subscribers are told of entities that are made or changed.
MQTT_PUBLISH = env.bool("SHANHAI_MQTT_PUBLISH")
# Of what cannot be taken, so many are kept of each device.
MQTT_REJECTED_MOST = env.int("SHANHAI_MQTT_REJECTED_MOST")
