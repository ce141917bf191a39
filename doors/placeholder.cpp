namespace duet { void doors_placeholder(); void doors_placeholder() {} }
