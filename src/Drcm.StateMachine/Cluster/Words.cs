using System.Collections.Immutable;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Words for people, in reasons and refusals.</summary>
internal static class Words
{
    private const int NamesMax = 7;

    public static string Of(SlotPhase phase) => phase switch
    {
        SlotPhase.Free => "free",
        SlotPhase.Assigned => "assigned",
        SlotPhase.Started => "started",
        SlotPhase.Revoked => "revoked",
        SlotPhase.Unknown => "unknown",
        SlotPhase.Releasing => "releasing",
    };

    public static string Of(NodeStatus status) => status switch
    {
        NodeStatus.Pending => "pending",
        NodeStatus.Up => "up",
        NodeStatus.Down => "down",
    };

    public static string Of(StandbyKind kind) => kind switch
    {
        StandbyKind.None => "none",
        StandbyKind.Operator => "operator",
        StandbyKind.Shutdown => "shutdown",
        StandbyKind.Trouble => "trouble",
    };

    /// <summary><c>1.5 s</c>, to the millisecond.</summary>
    public static string Seconds(TimeSpan time) => $"{time.Ticks / TimeSpan.TicksPerMillisecond / 1000m:0.###} s";

    /// <summary>Comma-separated, cut after a few.</summary>
    public static string List(ImmutableArray<NodeId> nodes) => nodes.Length <= NamesMax
        ? string.Join(", ", nodes)
        : $"{string.Join(", ", nodes.Take(NamesMax))} and {nodes.Length - NamesMax} more";
}
