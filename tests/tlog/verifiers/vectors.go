package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math/rand"
	"os"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
)

// vectors prints proofs of RFC 6962 trees, good ones and spoilt ones, each with the verdict of
// transparency-dev/merkle: how it was asked, `true` or `false`, and the proof's hashes.
func vectors() error {
	out := bufio.NewWriter(os.Stdout)
	draw := rand.New(rand.NewSource(6962))
	inputs := testonly.LeafInputs()
	known := testonly.New(rfc6962.DefaultHasher)
	known.AppendData(inputs...)
	for size, root := range testonly.RootHashes() {
		fmt.Fprintf(out, "root %d %x true\n", size, root)
	}
	grown := testonly.New(rfc6962.DefaultHasher)
	for n := range 77 {
		grown.AppendData([]byte(fmt.Sprintf("leaf %d", n)))
	}
	for _, tree := range []*testonly.Tree{known, grown} {
		for size := uint64(1); size <= tree.Size(); size++ {
			for index := range size {
				path, err := tree.InclusionProof(index, size)
				if err != nil {
					return err
				}
				root, leaf := tree.HashAt(size), tree.LeafHash(index)
				for _, spoilt := range append(spoil(draw, path), path) {
					inclusion(out, index, size, leaf, root, spoilt)
				}
				inclusion(out, (index+1)%size, size, leaf, root, path)
				inclusion(out, index, size, flip(draw, leaf), root, path)
				inclusion(out, index, size, leaf, flip(draw, root), path)
			}
			for old := uint64(1); old <= size; old++ {
				path, err := tree.ConsistencyProof(old, size)
				if err != nil {
					return err
				}
				before, after := tree.HashAt(old), tree.HashAt(size)
				for _, spoilt := range append(spoil(draw, path), path) {
					consistency(out, old, size, before, after, spoilt)
				}
				consistency(out, old, size, flip(draw, before), after, path)
				consistency(out, old, size, before, flip(draw, after), path)
			}
		}
	}
	return out.Flush()
}

func inclusion(out *bufio.Writer, index, size uint64, leaf, root []byte, path [][]byte) {
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf, path, root)
	fmt.Fprintf(out, "inclusion %d %d %x %x %v %s\n", index, size, leaf, root, err == nil, hashes(path))
}

func consistency(out *bufio.Writer, old, size uint64, before, after []byte, path [][]byte) {
	err := proof.VerifyConsistency(rfc6962.DefaultHasher, old, size, path, before, after)
	fmt.Fprintf(out, "consistency %d %d %x %x %v %s\n", old, size, before, after, err == nil, hashes(path))
}

// spoil is the proof with something wrong with it: a hash changed, missing, doubled or in another place.
func spoil(draw *rand.Rand, path [][]byte) [][][]byte {
	stranger := flip(draw, rfc6962.DefaultHasher.EmptyRoot())
	spoilt := [][][]byte{
		append([][]byte{stranger}, path...),
		append(append([][]byte{}, path...), stranger),
	}
	if len(path) == 0 {
		return spoilt
	}
	at := draw.Intn(len(path))
	changed := append([][]byte{}, path...)
	changed[at] = flip(draw, path[at])
	without := append(append([][]byte{}, path[:at]...), path[at+1:]...)
	doubled := append(append([][]byte{}, path[:at+1]...), path[at:]...)
	rotated := append(append([][]byte{}, path[at:]...), path[:at]...)
	return append(spoilt, changed, without, doubled, rotated)
}

func flip(draw *rand.Rand, hash []byte) []byte {
	other := append([]byte{}, hash...)
	other[draw.Intn(len(other))] ^= 1 << draw.Intn(8)
	return other
}

func hashes(path [][]byte) string {
	words := make([]string, len(path))
	for n, hash := range path {
		words[n] = hex.EncodeToString(hash)
	}
	return strings.Join(words, ",")
}
