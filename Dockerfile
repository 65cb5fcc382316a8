FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /bailiwick ./cmd/bailiwick

# Nothing but the program: no shell, no user database. It writes no file unless told to, so run it with a read-only
# root file system.
FROM scratch
COPY --from=build /bailiwick /bailiwick
USER 65532:65532
EXPOSE 9443 9090
ENTRYPOINT ["/bailiwick"]
CMD ["serve", "--help"]
