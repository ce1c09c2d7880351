FROM python:3.11-slim

WORKDIR /srv
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY gateway gateway
COPY rbac rbac
COPY adapters adapters
COPY fhir_profiles fhir_profiles
RUN pip install --no-cache-dir -c constraints.txt '.[demo,postgres]' \
 && useradd --system scr \
 && install -d -o scr /var/lib/scr

USER scr
ENTRYPOINT ["scr"]
