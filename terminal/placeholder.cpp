namespace duet { void terminal_placeholder(); void terminal_placeholder() {} }
