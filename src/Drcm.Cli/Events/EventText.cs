using Drcm.StateMachine.Control;

namespace Drcm.Cli.Events;

/// <summary>One event as one line for people, in local time.</summary>
internal static class EventText
{
    public static string Line(EventLine line) => EventSentence.Of(line, TimeText.Exact(line.At));
}
