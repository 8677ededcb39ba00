package sheet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// documentHash is the SHA-256 of the drawn test document. Documents that were issued are drawn again to check them, byte
// for byte (see certificates.CheckFile): where this changes, every earlier file fails that check.
const documentHash = "115e7fd05a8b88bdd1da8cc500010c4cdd8002dcd2128f9ec542d182fa3520b3"

func TestBytesOfDocumentsDoNotChange(t *testing.T) {
	t.Parallel()
	data, err := document(t).PDF(faces(t))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != documentHash {
		t.Errorf("the document is %s, want %s: files that were issued would no longer be drawn as they are", got, documentHash)
	}
	if bytes.Contains(data, []byte("/PrintScaling")) {
		t.Error("a document asks how it is printed")
	}
}
