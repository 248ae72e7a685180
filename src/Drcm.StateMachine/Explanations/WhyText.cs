using Drcm.StateMachine.Control;

namespace Drcm.StateMachine.Explanations;

/// <summary>An explanation as lines for people.</summary>
public static class WhyText
{
    /// <param name="time">A time stamp as the reader's clock writes it, with what separates it from what follows.</param>
    public static IEnumerable<string> Lines(Explanation explanation, Func<DateTimeOffset, string> time)
    {
        yield return $"{explanation.Now[0]}.";
        foreach (var sentence in explanation.Now.Skip(1)) yield return $"  {sentence}";
        if (!explanation.Waits.IsEmpty) yield return "At this moment:";
        foreach (var sentence in explanation.Waits) yield return $"  {sentence}";
        if (!explanation.Nodes.IsEmpty) yield return "Where it may run:";
        var width = explanation.Nodes.Select(n => n.Node.Length).DefaultIfEmpty(0).Max();
        foreach (var node in explanation.Nodes) yield return $"  {node.Node.PadRight(width)}  {node.Role,-6}  {node.Rule,-11}  {node.Sentence}";
        yield return explanation.Nodes.IsEmpty ? "What would change it:" : "What would move it:";
        foreach (var sentence in explanation.Changes) yield return $"  {sentence}";
        if (!explanation.Chain.IsEmpty) yield return "How it came to this:";
        foreach (var line in explanation.Chain) yield return $"  {line.Index,6}  {time(line.At)}{line.Event}: {line.Reason}";
    }
}
