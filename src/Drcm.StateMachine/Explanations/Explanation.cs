using System.Collections.Immutable;
using Drcm.StateMachine.Control;

namespace Drcm.StateMachine.Explanations;

/// <summary>Why a slot is where it is and not elsewhere, or why a node is as it is; and what would change that.</summary>
/// <param name="Subject"><c>kind:nickname@home</c>, or the node's name.</param>
/// <param name="Now">How it is, and the sentence of the event that made it so.</param>
/// <param name="Nodes">Of a slot: every node, in the order in which they are asked. Of a node: empty.</param>
/// <param name="Waits">What is under way, or why nothing is; the leader's own sentences where it knows better than the log.</param>
/// <param name="Changes">What would move it, or what would change the node: events and commands.</param>
/// <param name="Chain">The newest events that led here, in the order of the log.</param>
public sealed record Explanation(
    string Subject, ImmutableArray<string> Now, ImmutableArray<Verdict> Nodes, ImmutableArray<string> Waits, ImmutableArray<string> Changes,
    ImmutableArray<EventLine> Chain);

/// <summary>One node's part in it.</summary>
/// <param name="Role"><c>home</c>, <c>backup</c>, or empty: not listed.</param>
/// <param name="Rule">The rule that speaks, in a word: <c>owner</c>, <c>down</c>, <c>standby</c>, <c>order</c>, …</param>
public sealed record Verdict(string Node, string Role, string Rule, string Sentence);

/// <summary>What the asked node knows beyond its projection.</summary>
/// <param name="View">What it heard of the others; null: the question is about the past, of which only the log tells.</param>
/// <param name="HasQuorum">A majority of voters is connected.</param>
/// <param name="IsLeading">The asked node decides: what it would decide is what will happen.</param>
public sealed record WhyFacts(Decisions.LeaderView? View, bool HasQuorum, bool IsLeading)
{
    public static WhyFacts Past { get; } = new(null, true, false);
}
