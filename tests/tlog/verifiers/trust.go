package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A reign is a key of the log, and the tree at which it handed over to the next; none for the last.
type reign struct {
	key note.Verifier
	end *tlog.Tree
}

// trust is the key that the auditor holds and those that followed it, oldest first (docs/log-format.md).
type trust struct {
	reigns []reign
}

// trusted reads a verifier key and, with an empty line between them, the notes by which one key followed
// another. Those before the auditor's own key say nothing.
func trusted(text string) (*trust, error) {
	key, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	first, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return nil, err
	}
	trust := &trust{reigns: []reign{{key: first}}}
	parts := strings.Split(strings.Trim(rest, "\n"), "\n\n")
	for ; len(parts) > 1; parts = parts[2:] {
		signed := strings.TrimLeft(parts[0], "\n") + "\n\n" + strings.Trim(parts[1], "\n") + "\n"
		if err := trust.follow([]byte(signed)); err != nil {
			return nil, fmt.Errorf("a hand-over: %w", err)
		}
	}
	if len(parts) == 1 && parts[0] != "" {
		return nil, errors.New("a hand-over is not signed")
	}
	return trust, nil
}

// follow takes in one hand-over, which both keys must have signed.
func (t *trust) follow(signed []byte) error {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[0] != "sekisho-hand-over/1" {
		return errors.New("it is not in its form")
	}
	from, err := note.NewVerifier(lines[4])
	if err != nil {
		return err
	}
	to, err := note.NewVerifier(lines[5])
	if err != nil {
		return err
	}
	last := &t.reigns[len(t.reigns)-1]
	if from.KeyHash() != last.key.KeyHash() {
		if len(t.reigns) == 1 {
			return nil
		}
		return errors.New("it is not by the key before it")
	}
	// By the key that is trusted, not by the one the note says it is from.
	for _, verifier := range []note.Verifier{last.key, to} {
		if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
			return err
		}
	}
	end, err := treeOf(lines[1:4], last.key.Name())
	if err != nil {
		return err
	}
	last.end = &end
	t.reigns = append(t.reigns, reign{key: to})
	return nil
}

// open reads a checkpoint that is signed by the key whose time it was, and returns that key too.
func (t *trust) open(text []byte) (tlog.Tree, note.Verifier, error) {
	var failed error
	for _, reign := range t.reigns {
		opened, err := note.Open(text, note.VerifierList(reign.key))
		if err != nil {
			failed = err
			continue
		}
		tree, err := treeOf(strings.Split(opened.Text, "\n"), reign.key.Name())
		if err != nil {
			return tlog.Tree{}, nil, err
		}
		if reign.end != nil && tree.N > reign.end.N {
			return tlog.Tree{}, nil, errors.New("its key had been handed over by then")
		}
		return tree, reign.key, nil
	}
	return tlog.Tree{}, nil, failed
}

// handedOver proves that the log began as it was at every hand-over.
func (t *trust) handedOver(source *source, tree tlog.Tree) error {
	for _, reign := range t.reigns {
		if reign.end == nil || reign.end.N > tree.N {
			continue
		}
		if err := began(source, tree, *reign.end); err != nil {
			return fmt.Errorf("since the hand-over at %d: %w", reign.end.N, err)
		}
		fmt.Printf("sumdb/tlog: it began with the %d records at which its key was handed over\n", reign.end.N)
	}
	return nil
}

// treeOf reads origin, size and root hash.
func treeOf(lines []string, origin string) (tlog.Tree, error) {
	if len(lines) < 3 || lines[0] != origin {
		return tlog.Tree{}, errors.New("not of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("the root is no hash")
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}
