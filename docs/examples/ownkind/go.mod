module example.org/mypipe

go 1.26.5

require fashionpipe v0.0.0

replace fashionpipe => ../../..
