# A small image: the binary alone, without a shell, as nobody in particular.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /liksom .
RUN mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /liksom /liksom
COPY --from=build --chown=nonroot:nonroot /data /data
# Nobody in particular, by number: some clusters insist on seeing that it is not 0.
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/liksom"]
CMD ["serve", "--addr", "0.0.0.0:8080", "--store", "sqlite:/data/liksom.db"]
