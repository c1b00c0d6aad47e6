// Package devices shares the GPUs of one machine among its processes: who has a device holds a lock on a file that is
// named after it, in a folder that all users and processes of the machine share. The operating system frees the lock
// when its holder dies, whatever it dies of.
//
// It is an agreement among runs of this program. What other programs do with a GPU it can't know, nor that two names
// ("0" and "GPU-5a1c…") are one device.
package devices
