// Verifies the audit log with other people's tools: Go's checksum-database client
// (golang.org/x/mod/sumdb) and the fsck of transparency-dev/tessera. Nothing here is Sekisho's.
//
//	go run . -log http://localhost:7080/log/ -key audit-log.pub -token "$(sekisho token)"
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	cosignature "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The tiles of C2SP tlog-tiles.
const height = 8

// errGone is the log's answer for a bundle of entries some of which were dropped after their period.
var errGone = errors.New("some of its records were dropped")

func main() {
	log := flag.String("log", "", "address of the log, with a slash at its end")
	key := flag.String("key", "", "file with the log's verifier key, and the hand-overs after it")
	token := flag.String("token", "", "access token of somebody who may read records")
	kept := flag.String("kept", "", "file with a checkpoint kept earlier (optional)")
	witness := flag.String("witness", "", "key of a witness that must have signed (optional)")
	print := flag.Bool("vectors", false, "print proofs with the verdict of transparency-dev/merkle, and nothing else")
	flag.Parse()
	run := func() error { return verify(*log, *key, *token, *kept, *witness) }
	if *print {
		run = vectors
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func verify(log, keyFile, token, kept, witness string) error {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	trust, err := trusted(string(key))
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	source := &source{root: log, token: token}
	text, err := source.get("checkpoint")
	if err != nil {
		return err
	}
	tree, verifier, err := trust.open(text)
	if err != nil {
		return fmt.Errorf("the checkpoint: %w", err)
	}
	if witness != "" {
		if err := witnessed(text, verifier, witness); err != nil {
			return fmt.Errorf("the witness: %w", err)
		}
		fmt.Println("formats/note: the witness has signed the checkpoint")
	}
	dropped, err := records(source, tree)
	if err != nil {
		return err
	}
	fmt.Printf("sumdb/tlog: %d records are under the signed root\n", tree.N-dropped)
	if dropped > 0 {
		fmt.Printf("sumdb/tlog: of %d more the hashes are: they are in bundles of which records were dropped\n", dropped)
	}
	if err := trust.handedOver(source, tree); err != nil {
		return err
	}
	if kept != "" {
		if err := growth(source, tree, kept, trust); err != nil {
			return err
		}
	}
	if dropped > 0 {
		fmt.Println("tessera fsck: not run, since it reads every bundle of entries")
		return nil
	}
	if err := check(log, token, verifier); err != nil {
		return fmt.Errorf("tessera fsck: %w", err)
	}
	fmt.Println("tessera fsck: entries, tiles and checkpoint agree")
	return nil
}

// witnessed checks that a witness has signed the checkpoint too (cosignature/v1).
func witnessed(text []byte, verifier note.Verifier, key string) error {
	witness, err := cosignature.NewVerifierForCosignatureV1(key)
	if err != nil {
		return err
	}
	opened, err := note.Open(text, note.VerifierList(verifier, witness))
	if err != nil {
		return err
	}
	for _, signature := range opened.Sigs {
		if signature.Name == witness.Name() && signature.Hash == witness.KeyHash() {
			return nil
		}
	}
	return errors.New("it has not signed")
}

// records proves every record by the hashes of the tiles. Where some of a bundle were dropped, nobody is
// given the bundle, and its tile's hashes are proven instead: it returns of how many records.
func records(source *source, tree tlog.Tree) (int64, error) {
	dropped := int64(0)
	hashes := tlog.TileHashReader(tree, source)
	for first := int64(0); first < tree.N; first += 1 << height {
		width := int(min(1<<height, tree.N-first))
		path := tlog.Tile{H: height, L: 0, N: first >> height, W: width}.Path()
		bundle, err := source.get("tile/entries" + strings.TrimPrefix(path, "tile/8/0"))
		if errors.Is(err, errGone) {
			var leaves []int64
			for index := first; index < first+int64(width); index++ {
				leaves = append(leaves, tlog.StoredHashIndex(0, index))
			}
			// The reader believes a tile only once it is proven to be of the tree.
			if _, err := hashes.ReadHashes(leaves); err != nil {
				return 0, fmt.Errorf("records %d to %d: %w", first, first+int64(width)-1, err)
			}
			dropped += int64(width)
			continue
		}
		if err != nil {
			return 0, err
		}
		for index := first; index < first+int64(width); index++ {
			if len(bundle) < 2 {
				return 0, fmt.Errorf("record %d is missing", index)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length {
				return 0, fmt.Errorf("record %d is cut off", index)
			}
			entry := bundle[2 : 2+length]
			bundle = bundle[2+length:]
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return 0, fmt.Errorf("record %d: %w", index, err)
			}
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
			if err != nil {
				return 0, fmt.Errorf("record %d: %w", index, err)
			}
		}
	}
	return dropped, nil
}

// growth proves that the log began as it was when a checkpoint was kept.
func growth(source *source, tree tlog.Tree, kept string, trust *trust) error {
	text, err := os.ReadFile(kept)
	if err != nil {
		return err
	}
	before, _, err := trust.open(text)
	if err != nil {
		return fmt.Errorf("the kept checkpoint: %w", err)
	}
	if err := began(source, tree, before); err != nil {
		return fmt.Errorf("since the kept checkpoint: %w", err)
	}
	fmt.Printf("sumdb/tlog: it began with the %d records of the kept checkpoint\n", before.N)
	return nil
}

// began proves that the log began as it was once.
func began(source *source, tree, before tlog.Tree) error {
	proof, err := tlog.ProveTree(tree.N, before.N, tlog.TileHashReader(tree, source))
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
}

// check runs tessera's fsck.
func check(log, token string, verifier note.Verifier) error {
	root, err := url.Parse(log)
	if err != nil {
		return err
	}
	fetcher, err := client.NewHTTPFetcher(root, nil)
	if err != nil {
		return err
	}
	fetcher.SetAuthorizationHeader("Bearer " + token)
	checker := fsck.New(verifier.Name(), verifier, fetcher, leaves, fsck.Opts{N: 2})
	return checker.Check(context.Background())
}

func leaves(bundle []byte) ([][]byte, error) {
	entries := api.EntryBundle{}
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

// source fetches tiles for tlog.TileHashReader.
type source struct {
	root  string
	token string
	saved map[string][]byte
}

func (s *source) Height() int { return height }

func (s *source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, known := s.saved[path]
		if !known {
			var err error
			if data, err = s.get(path); err != nil {
				return nil, err
			}
		}
		read = append(read, data)
	}
	return read, nil
}

// SaveTiles is told of tiles that are proven to be the log's.
func (s *source) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	if s.saved == nil {
		s.saved = map[string][]byte{}
	}
	for n, tile := range tiles {
		s.saved["tile/"+strings.TrimPrefix(tile.Path(), "tile/8/")] = data[n]
	}
}

func (s *source) get(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, s.root+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusGone {
		return nil, fmt.Errorf("%s: %w", path, errGone)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s: %s", path, answer.Status, body)
	}
	return body, nil
}
