using Drcm.Cli.Times;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Events;

/// <summary>One event as one line for people.</summary>
internal static class EventText
{
    /// <summary>Longest stored name of an event, so that reasons line up.</summary>
    private const int NameWidth = 20;

    public static string Line(EventLine line)
    {
        var subject = string.Join(" ", new[] { line.Slot, line.Node }.Where(part => part is not null));
        var stale = line.IsEffective ? "" : "[no effect] ";
        var detail = line.Detail is null ? "" : $" ({line.Detail})";
        return $"{line.Index,6}  {TimeText.Exact(line.At)}  {line.Event.PadRight(NameWidth)} {subject}: {stale}{line.Reason}{detail}";
    }
}
