using Drcm.StateMachine;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Explanations;

namespace Drcm.Property.Tests.Scenarios;

/// <summary><c>why NAME [then]</c>: what <c>drcm why</c> prints, without times; <c>then</c>: as of a moment in the past, of which only the log tells.</summary>
internal static class WhyVerb
{
    public static void Run(StoryRun run, string name, bool isPast)
    {
        var cluster = run.Cluster;
        var facts = isPast ? WhyFacts.Past : new WhyFacts(cluster.View(), HasQuorum(run), IsLeading: true);
        var lines = cluster.Log.SelectMany(entry => entry.Applied.Events.Select((e, ordinal) =>
            EventLines.Of(entry.Index, ordinal, new Term(1), entry.Batch, e.Event, EventNames.Of(e.Event.Event), e.IsEffective)));
        var answers = Why.Of(cluster.State, facts, lines, name, out var whyNot);
        if (answers.IsEmpty) run.Write($"no answer: {whyNot}");
        foreach (var line in answers.SelectMany(a => WhyText.Lines(a, _ => ""))) run.Write(line);
    }

    private static bool HasQuorum(StoryRun run) =>
        run.Cluster.State.Voters.Count(v => run.Cluster.Hosts.TryGetValue(v, out var host) && host.IsHeard) >= run.Cluster.State.Majority;
}
