"""The tree is that of RFC 9162: published vectors, the RFC's own example, and properties."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optins.consent import merkle
from optins.consent.merkle import Frontier, leaf_hash, node_hash

# Published with the certificate-transparency project: https://github.com/transparency-dev/merkle
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A, B, C, D = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
)
BC1, EBC = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
)
INCLUSION = [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [BC1, D, ROOTS[4]]), (2, 3, [ROOTS[2]]),
             (1, 5, [ROOTS[1], B, BC1])]  # fmt: skip
CONSISTENCY = [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [EBC, D, ROOTS[4]]), (2, 5, [B, BC1])]

some_leaves = st.lists(st.binary(max_size=3).map(leaf_hash), min_size=1, max_size=40)


def written(proof):
    return [node.hex() for node in proof]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_no_leaf_of_one_and_of_odd_sizes_are_the_published_ones(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]
    assert merkle.frontier(LEAVES[:size]).size == size


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index, size, proof):
    assert written(merkle.inclusion_proof(LEAVES[:size], index)) == proof
    nodes, root = [bytes.fromhex(node) for node in proof], bytes.fromhex(ROOTS[size])
    assert merkle.verify_inclusion(LEAVES[index], index, size, nodes, root)


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(old, size, proof):
    assert written(merkle.consistency_proof(LEAVES[:size], old)) == proof
    nodes = [bytes.fromhex(node) for node in proof]
    assert merkle.verify_consistency(old, size, nodes, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]))


def test_proofs_in_a_tree_of_seven_are_those_that_the_rfc_draws():
    """RFC 9162 2.1.5: the leaves a to f and j, the nodes g to l as they stand in its figure."""
    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, last = node_hash(g, h), node_hash(i, j)
    proofs = merkle.inclusion_proofs(LEAVES[:7], [0, 3, 4, 6])
    assert proofs == {0: [b, h, last], 3: [c, g, last], 4: [f, j, k], 6: [i, k]}
    assert merkle.consistency_proof(LEAVES[:7], 3) == [c, d, g, last]
    assert merkle.consistency_proof(LEAVES[:7], 4) == [last]
    assert merkle.consistency_proof(LEAVES[:7], 6) == [i, j, k]


def recursive(leaves):
    """The definition, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive(leaves[:split]), recursive(leaves[split:]))


@given(some_leaves, st.data())
def test_a_tree_that_grows_leaf_by_leaf_from_any_frontier_has_the_root_of_the_definition(leaves, data):
    cut = data.draw(st.integers(0, len(leaves)))
    kept = merkle.frontier(leaves[:cut])
    grown = Frontier(kept.size, kept.roots)
    for leaf in leaves[cut:]:
        grown.append(leaf)
    assert grown.root() == recursive(leaves)
    assert len(grown.roots) == len(leaves).bit_count()


@given(some_leaves, st.data())
def test_a_proof_of_inclusion_holds_for_its_own_leaf_place_size_and_root_alone(leaves, data):
    size, root = len(leaves), merkle.root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(leaves, index)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    other = leaf_hash(b"none of them")
    assert not merkle.verify_inclusion(other, index, size, proof, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, proof, other)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, other], root)
    assert not merkle.verify_inclusion(leaves[index], index, index, proof, root)
    assert not merkle.verify_inclusion(leaves[index], -1, size, proof, root)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:place], other, *proof[place + 1 :]]
        assert not merkle.verify_inclusion(leaves[index], index, size, bent, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], root)
        elsewhere = index ^ 1 if index ^ 1 < size else index - 1
        if leaves[elsewhere] != leaves[index]:
            assert not merkle.verify_inclusion(leaves[elsewhere], index, size, proof, root)


@given(some_leaves, st.data())
def test_a_proof_of_consistency_holds_for_a_tree_that_grew_and_for_no_other(leaves, data):
    size, root = len(leaves), merkle.root(leaves)
    old = data.draw(st.integers(0, size))
    old_root, proof = merkle.root(leaves[:old]), merkle.consistency_proof(leaves, old)
    assert merkle.verify_consistency(old, size, proof, old_root, root)
    other = leaf_hash(b"none of them")
    assert not merkle.verify_consistency(old, size, proof, other, root)
    if old:
        assert not merkle.verify_consistency(old, size, proof, old_root, other)
        rewritten = merkle.root([other, *leaves[1:]])
        assert not merkle.verify_consistency(old, size, proof, old_root, rewritten)
    assert not merkle.verify_consistency(old, size, [*proof, other], old_root, root)
    assert not merkle.verify_consistency(size + 1, size, proof, old_root, root)
    if proof:
        assert not merkle.verify_consistency(old, size, proof[:-1], old_root, root)
        assert not merkle.verify_consistency(old, size, [other, *proof[1:]], old_root, root)


def test_what_is_not_there_is_not_proved():
    for index in (-1, 8):
        with pytest.raises(IndexError):
            merkle.inclusion_proof(LEAVES, index)
    with pytest.raises(IndexError):
        merkle.consistency_proof(LEAVES, 9)
    with pytest.raises(ValueError, match="full subtrees"):
        Frontier(3, LEAVES[:1])
