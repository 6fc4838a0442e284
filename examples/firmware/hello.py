print("hello from the firmware")
