// replaced by the tests of this room
