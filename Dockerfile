# The command line of Gazette in an image; docs/releasing.md says how to build and use it.
FROM python:3.13-slim

# Two libraries are published without a wheel, and are nothing but Python.
COPY requirements/image.txt /opt/gazette/requirements.txt
RUN python -m pip install --no-cache-dir --no-input --disable-pip-version-check \
    --require-hashes --no-deps --only-binary :all: --no-binary feedgen,sgmllib3k \
    --requirement /opt/gazette/requirements.txt

COPY LICENSE /opt/gazette/
COPY layers/core/gazette /opt/gazette/gazette
COPY gazette_cli /opt/gazette/gazette_cli
ENV PYTHONPATH=/opt/gazette PYTHONDONTWRITEBYTECODE=1
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/gazette \
    && printf '#!/bin/sh\nexec python -m gazette_cli "$@"\n' >/usr/local/bin/gazette \
    && chmod 755 /usr/local/bin/gazette \
    && useradd --uid 10001 --create-home gazette \
    && install --directory --owner gazette /archive

USER gazette
WORKDIR /archive
ENTRYPOINT ["gazette"]
CMD ["--help"]
