//go:build !unix

package postgrestest

import "errors"

func start() (*cluster, error) {
	return nil, errors.New("a PostgreSQL for tests is started on Unix only")
}
