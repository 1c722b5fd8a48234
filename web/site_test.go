package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web"
)

// unknownPhone renders the simplest page there is.
func unknownPhone(s *web.Site, host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/phone/1", nil)
	r.Host = host
	w := httptest.NewRecorder()
	s.Render(w, r, web.Page{Name: "phone-unknown", Lang: "en", Status: http.StatusNotFound, Title: "<&>", Ancestors: []string{"https://shop.example"},
		Data: map[string]any{"Number": `<script>`, "CanMake": true}})
	return w
}

func TestRender_shuts_the_page_in_with_a_nonce_of_its_own(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	first, second := unknownPhone(s, "127.0.0.1:8080"), unknownPhone(s, "127.0.0.1:8080")
	policy := first.Header().Get("Content-Security-Policy")
	require.NotEqual(t, policy, second.Header().Get("Content-Security-Policy"))
	require.Regexp(t, `^default-src 'none'; script-src 'self' 'nonce-[\w-]{22}'; style-src 'self' 'nonce-[\w-]{22}'; `+
		`connect-src 'self' ws://127\.0\.0\.1:8080 wss://127\.0\.0\.1:8080; img-src 'self' data:; frame-src 'self'; manifest-src 'self'; form-action 'self'; `+
		`base-uri 'none'; frame-ancestors 'self' https://shop\.example$`, policy)
	require.Equal(t, http.StatusNotFound, first.Code)
	require.Contains(t, first.Body.String(), "<title>&lt;&amp;&gt;</title>")
	require.NotContains(t, first.Body.String(), "<script>")
}

func TestRender_lets_no_host_write_into_the_policy(t *testing.T) {
	t.Parallel()
	w := unknownPhone(web.New(web.Options{}), "evil; script-src *")
	require.NotContains(t, w.Header().Get("Content-Security-Policy"), "evil")
}

func TestLinks_and_files_stay_in_the_world_they_were_asked_in(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{Base: func(*http.Request) string { return "https://pay.example/w/ci-42" }})
	body := unknownPhone(s, "localhost").Body.String()
	for _, m := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		require.True(t, strings.HasPrefix(m[1], "/w/ci-42/"), m[1])
	}
}

func TestPages_have_no_styles_or_handlers_inside(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("templates/*.html")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		body, err := os.ReadFile(page)
		require.NoError(t, err)
		require.NotRegexp(t, `\sstyle=|\son[a-z]+=|<style|https?://`, string(body), page)
	}
}

func TestServeAsset_may_be_kept_for_ever_under_the_present_hash(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	page := unknownPhone(s, "localhost").Body.String()
	path := regexp.MustCompile(`/assets/[0-9a-f]{12}/base\.css`).FindString(page)
	require.NotEmpty(t, path)
	get := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		s.ServeAsset(w, r)
		return w
	}
	kept := get(path, "")
	require.Equal(t, "public, max-age=31536000, immutable", kept.Header().Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", kept.Header().Get("Content-Type"))
	require.Contains(t, kept.Body.String(), ".stripe")
	small := get(path, "gzip, br")
	require.Equal(t, "gzip", small.Header().Get("Content-Encoding"))
	require.Less(t, small.Body.Len(), kept.Body.Len())
	require.Equal(t, "no-cache", get("/assets/000000000000/base.css", "").Header().Get("Cache-Control"))
	script := get(strings.Replace(path, "base.css", "texts.js", 1), "")
	require.Equal(t, "text/javascript; charset=utf-8", script.Header().Get("Content-Type"))
	require.Contains(t, script.Body.String(), "export const texts = {")
	for _, gone := range []string{"/assets/", "/assets/x", "/assets/x/../texts.json", "/assets/x/no.css", "/assets/x/"} {
		require.Equal(t, http.StatusNotFound, get(gone, "").Code, gone)
	}
}

func TestServeAsset_gives_what_is_kept_compressed_to_any_client(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	get := func(encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/assets/newest/vendor/swagger-ui.css", nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		s.ServeAsset(w, r)
		return w
	}
	plain, small := get(""), get("gzip")
	require.Equal(t, "text/css; charset=utf-8", plain.Header().Get("Content-Type"))
	require.Equal(t, "gzip", small.Header().Get("Content-Encoding"))
	inside, err := gzip.NewReader(small.Body)
	require.NoError(t, err)
	expanded, err := io.ReadAll(inside)
	require.NoError(t, err)
	require.Equal(t, plain.Body.String(), string(expanded))
	require.Contains(t, plain.Body.String(), ".swagger-ui")
}

func TestVendored_files_are_what_the_manifest_says(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"static/vendor", "browsertest/testdata"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			matchesManifest(t, folder)
		})
	}
}

func matchesManifest(t *testing.T, folder string) {
	t.Helper()
	body, err := os.ReadFile(folder + "/manifest.json")
	require.NoError(t, err)
	var manifest struct {
		Files []struct{ File, Name, Version, License, SHA256 string }
	}
	require.NoError(t, json.Unmarshal(body, &manifest))
	listed := map[string]bool{"manifest.json": true}
	for _, f := range manifest.Files {
		content, err := os.ReadFile(folder + "/" + f.File)
		require.NoError(t, err)
		if strings.HasSuffix(f.File, ".gz") {
			small, err := gzip.NewReader(bytes.NewReader(content))
			require.NoError(t, err)
			content, err = io.ReadAll(small)
			require.NoError(t, err)
		}
		sum := sha256.Sum256(content)
		require.Equal(t, f.SHA256, hex.EncodeToString(sum[:]), f.File)
		require.NotEmpty(t, f.Version+f.License+f.Name)
		listed[f.File] = true
	}
	there, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, f := range there {
		require.True(t, listed[f.Name()], "%s is in the manifest", f.Name())
	}
}
