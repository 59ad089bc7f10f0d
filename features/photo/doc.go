// Package photo turns the bytes of one JPEG or PNG file into pixels of a given
// size: decoded, turned upright, resized with antialiasing, uint8, channels last.
//
//	file --Inspect--> Info                 the header: size, orientation, memory needed
//	file --Decoder--> planes --resize--> pixels [H, W, C]
//
// It knows no files, folders, labels or Arrow: package features does. Nearly all photos
// are JPEGs of one kind, which baseline.go decodes: the same pixels on every machine,
// bit by bit those of libjpeg-turbo. What it does not take (progressive ones, CMYK, all
// that looks damaged) goes through libjpeg-turbo where the machine has it (Library),
// else through image/jpeg; which files are broken does not depend on it.
//
// Planes are resized before they become colours: chroma of a JPEG is stored at
// half the size, and is never enlarged only to be shrunk again. Where a plane is far
// larger than what is asked for, it is decoded at a part of its size.
//
// Start with Decoder in decode.go.
package photo
