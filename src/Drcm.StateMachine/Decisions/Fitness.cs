namespace Drcm.StateMachine.Decisions;

/// <summary>May a node own a slot now?</summary>
internal enum Fitness
{
    Fit,

    /// <summary>No longer in the definition.</summary>
    NotConfigured,

    Inactive,

    Witness,

    /// <summary>Not up since the first start.</summary>
    Pending,

    Down,

    /// <summary>An operator said so.</summary>
    Standby,

    /// <summary>Has trouble of its own.</summary>
    Troubled,

    /// <summary>Shutting down.</summary>
    Leaving,

    /// <summary>Failed the slot as often as its threshold allows.</summary>
    Failing,

    /// <summary>Holds the slot in an unknown stop: somebody else shall run it.</summary>
    Unstopped,
}
