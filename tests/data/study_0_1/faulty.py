"""The run of point 0 under training with luck 3 fails."""


def breaks(model):
    if model.luck == 3 and model.week == 9 and model.policy.name == "training":
        raise ValueError("a run that fails")


def phases(default):
    return default.insert_after("ask", breaks)
