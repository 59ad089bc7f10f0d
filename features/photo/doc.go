// Package photo turns the bytes of one JPEG or PNG file into pixels of a given
// size: decoded, turned upright, resized with antialiasing, uint8, channels last.
//
//	file --Inspect--> Info                 the header: size, orientation, memory needed
//	file --Decoder--> planes --resize--> pixels [H, W, C]
//
// It knows no files, folders, labels or Arrow: package features does. JPEG goes
// through libjpeg-turbo where the machine has it (Library), else through
// image/jpeg; which files are broken does not depend on it.
//
// Planes are resized before they become colours: chroma of a JPEG is stored at
// half the size, and is never enlarged only to be shrunk again.
//
// Start with Decoder in decode.go.
package photo
