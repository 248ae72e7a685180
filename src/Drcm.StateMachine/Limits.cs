namespace Drcm.StateMachine;

/// <summary>Bounds that more than one part relies on.</summary>
public static class Limits
{
    /// <summary>Text of a failure as it goes into reports and events: one terminal line or two.</summary>
    public const int DetailCharsMax = 240;

    /// <summary>Nodes of a cluster.</summary>
    public const int NodesMax = 128;

    /// <summary>Slots of a cluster.</summary>
    public const int SlotsMax = 20_000;

    /// <summary>Events decided in one batch; more wait for the next one. Keeps an entry far below the log's limit.</summary>
    public const int EventsPerBatchMax = 2_000;

    /// <summary>Operator commands waiting for their decision.</summary>
    public const int PendingCommandsMax = 64;
}
