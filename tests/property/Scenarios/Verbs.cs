using System.Globalization;
using Drcm.StateMachine;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.Scenarios;

/// <summary>The words of the stories: one line here for each, one method for what it does.</summary>
internal static class Verbs
{
    private static readonly SortedDictionary<string, Action<StoryRun, string[]>> Table = new(StringComparer.Ordinal)
    {
        ["config"] = (run, words) => run.Tell(run.Cluster.Ask(new Configure(StoryRun.Definition(words[0])))),
        ["boot"] = (run, words) => Each(run, words, host => host.BootAnew()),
        ["restart"] = (run, words) => Each(run, words, host => host.Restart()),
        ["wipe"] = (run, words) => Each(run, words, host => host.Wipe()),
        ["leader"] = (run, words) => run.Cluster.Leader = run.Node(words[0]),
        ["die"] = (run, words) => Each(run, words, host => host.Die()),
        ["silent"] = (run, words) => Each(run, words, host => host.IsHeard = false),
        ["heard"] = (run, words) => Each(run, words, host => host.IsHeard = true),
        ["leave"] = (run, words) => Each(run, words, host => host.IsLeaving = true),
        ["trouble"] = (run, words) => run.Cluster.Host(run.Node(words[0])).Trouble = string.Join(' ', words[1..]),
        ["well"] = (run, words) => Each(run, words, host => host.Trouble = ""),
        ["hold"] = (run, words) => Each(run, words, host => host.HoldsExclusive = true),
        ["release"] = (run, words) => Each(run, words, host => host.HoldsExclusive = false),
        ["stuck"] = (run, words) => Each(run, words, host => host.IsStuck = true),
        ["unstuck"] = (run, words) => Each(run, words, host => host.IsStuck = false),
        ["lag"] = (run, words) => Each(run, words, host => host.AppliedAt = run.Cluster.State.Version),
        ["catchup"] = (run, words) => Each(run, words, host => host.AppliedAt = null),
        ["leading"] = (run, words) => run.Cluster.LeadingFor = Seconds(words[0]),
        ["releasing"] = (run, words) => run.Cluster.ReleasingFor = Seconds(words[0]),
        ["up"] = (run, words) => run.Cluster.UpFor[run.Node(words[0])] = Seconds(words[1]),
        ["expire"] = Expire,
        ["hear"] = Hear,
        ["fail"] = (run, words) => Fail(run, words),
        ["conflict"] = (run, words) => Conflict(run, words),
        ["unstoppable"] = (run, words) => Marked(run, words).Unstoppable.Add(run.Slot(words[0])),
        ["stoppable"] = (run, words) => Marked(run, words).Unstoppable.Remove(run.Slot(words[0])),
        ["unstartable"] = (run, words) => Marked(run, words).Unstartable.Add(run.Slot(words[0])),
        ["startable"] = (run, words) => Marked(run, words).Unstartable.Remove(run.Slot(words[0])),
        ["forget"] = (run, words) => run.Cluster.ExpiredFailures.Add((run.Slot(words[0]), run.Node(words[2]))),
        ["observe"] = (run, _) => run.Tell(run.Cluster.Observe()),
        ["react"] = (run, _) => run.Cluster.React(),
        ["run"] = (run, _) => run.Tell(run.Cluster.Settle()),
        ["quietly"] = (run, words) => Quietly(run, words),
        ["command"] = (run, words) => run.Tell(run.Cluster.Ask(Commands.Parse(run, words))),
        ["why"] = (run, words) => WhyVerb.Run(run, words[0], isPast: words is [_, "then"]),
        ["event"] = (run, words) => RawEvents.Append(run, words),
    };

    public static void Run(StoryRun run, string line)
    {
        if (line.StartsWith('#')) return;
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(Table.TryGetValue(words[0], out var verb), $"unknown verb in '{line}'; known: {string.Join(' ', Table.Keys)}");
        verb(run, words[1..]);
    }

    private static void Each(StoryRun run, string[] names, Action<Property.Tests.Decisions.ModelHost> action)
    {
        foreach (var name in names) action(run.Cluster.Host(run.Node(name)));
    }

    /// <summary><c>quietly run</c>: without the events.</summary>
    private static void Quietly(StoryRun run, string[] words)
    {
        run.IsQuiet = true;
        Run(run, string.Join(' ', words));
        run.WriteEvents();
        run.IsQuiet = false;
    }

    /// <summary><c>expire n1 by n2 n3 [in 7]</c>.</summary>
    private static void Expire(StoryRun run, string[] words)
    {
        var node = run.Node(words[0]);
        var inAt = Array.IndexOf(words, "in");
        var round = inAt < 0 ? run.Cluster.State.Nodes[node].Round : new LogIndex(long.Parse(words[inAt + 1], CultureInfo.InvariantCulture));
        foreach (var voter in words[2..(inAt < 0 ? words.Length : inAt)])
            run.Cluster.Host(run.Node(voter)).Expiries[node] = new Expiry(node, round, false);
    }

    /// <summary><c>hear n1 by n2 n3</c>: still expired, yet heard again.</summary>
    private static void Hear(StoryRun run, string[] words)
    {
        var node = run.Node(words[0]);
        foreach (var voter in words[2..])
        {
            var expiries = run.Cluster.Host(run.Node(voter)).Expiries;
            expiries[node] = expiries[node] with { IsHeard = true };
        }
    }

    /// <summary><c>fail service:web@n1 on n1 [times]</c>.</summary>
    private static void Fail(StoryRun run, string[] words)
    {
        var ran = Marked(run, words).Runs[run.Slot(words[0])];
        ran.Failures += words.Length > 3 ? int.Parse(words[3], CultureInfo.InvariantCulture) : 1;
        ran.Detail = "exit status 1";
        ran.IsConflict = false;
    }

    /// <summary><c>conflict ip:web1@n1 on n1 [times]</c>: a stranger answers for it.</summary>
    private static void Conflict(StoryRun run, string[] words)
    {
        Fail(run, words);
        var ran = Marked(run, words).Runs[run.Slot(words[0])];
        (ran.IsConflict, ran.Detail) = (true, "answered by 02:00:00:00:00:07");
    }

    private static Property.Tests.Decisions.ModelHost Marked(StoryRun run, string[] words) => run.Cluster.Host(run.Node(words[2]));

    private static TimeSpan Seconds(string text) =>
        TimeSpan.FromSeconds(double.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));
}
