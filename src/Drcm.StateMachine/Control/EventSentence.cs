namespace Drcm.StateMachine.Control;

/// <summary>One event as one line for people, alike in <c>drcm events</c> and <c>drcm log inspect</c>.</summary>
public static class EventSentence
{
    /// <summary>Longest stored name of an event, so that reasons line up.</summary>
    private const int NameWidth = 20;

    /// <param name="time">Its time stamp, as the reader's clock writes it.</param>
    /// <param name="paint">What is done to the event's name for the eye; null: nothing.</param>
    public static string Of(EventLine line, string time, Func<string, string>? paint = null)
    {
        var subject = string.Join(" ", new[] { line.Slot, line.Node }.Where(part => part is not null));
        var name = line.Event.PadRight(NameWidth);
        var stale = line.IsEffective ? "" : "[no effect] ";
        // Many a reason quotes it already.
        var detail = line.Detail is null || line.Reason.Contains(line.Detail, StringComparison.Ordinal) ? "" : $" ({line.Detail})";
        return $"{line.Index,6}  {time}  {paint?.Invoke(name) ?? name} {subject}: {stale}{line.Reason}{detail}";
    }
}
