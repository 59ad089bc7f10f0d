package report

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/jpeg"
	"image/png"
)

// picture is an image in the page itself.
type picture struct {
	Src  template.URL // data:
	W, H int
}

// photoQuality is that of JPEG: good enough to see what is in a photo.
const photoQuality = 78

// embedded encodes m: exactly, or as photos are. The URL is made of base64 only.
func embedded(m image.Image, exact bool) (picture, error) {
	var b bytes.Buffer
	kind, err := "jpeg", error(nil)
	if exact {
		kind = "png"
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m)
	} else {
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: photoQuality})
	}
	src := "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes())
	return picture{template.URL(src), m.Bounds().Dx(), m.Bounds().Dy()}, err
}
