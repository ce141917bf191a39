namespace duet { void net_placeholder(); void net_placeholder() {} }
