# SPDX-License-Identifier: Apache-2.0
"""Static files (vendored, compressed, hashed names) and what people upload (outside the web root)."""

from whitenoise.compress import Compressor

from shanhai.config.env import env
from shanhai.config.paths import SHARE, data_dir

DATA_DIR = data_dir()
SHARE_DIR = SHARE

STATIC_URL = "/static/"
STATICFILES_DIRS = [SHARE / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = env.bool("SHANHAI_DEBUG") or env.bool("SHANHAI_TESTING")
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS
# Pages name files by their hash only; maps for debuggers are not worth minutes of compression at the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Documents are content-addressed below this folder and are only ever served through a view that checks the viewer.
DOCUMENTS_DIR = DATA_DIR / "documents"
MEDIA_ROOT = DATA_DIR / "media"
# Large uploads while they come in: here, not among the files of others, so that what a killed server leaves is cleared.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
