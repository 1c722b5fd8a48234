// Package openapitest holds what tests send and get against our own
// OpenAPI documents, so that no member, status or content type is served
// that they do not tell of.
package openapitest
