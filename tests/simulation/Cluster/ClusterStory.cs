using System.Globalization;
using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Simulation.Cluster;

/// <summary>A whole run in text: which cluster, under which seed, and what happens to it. The same text is the same run.</summary>
/// <param name="Seed">Of the cluster, its clocks, and everything that a calm network and calm scripts do at random.</param>
/// <param name="Nodes">In the cluster.</param>
/// <param name="Snapshots">Of a hundred starts and lagging reads, how many come to a snapshot.</param>
/// <param name="Shape">A cluster without surprises, one of <see cref="Shapes"/>; empty, or "pair" for two nodes that may go on alone: the seed says what it is like.</param>
internal sealed record ClusterStory(ulong Seed, int Nodes, int Snapshots, IReadOnlyList<FaultStep> Steps, string Shape = "")
{
    private static readonly SortedDictionary<string, Func<int, ClusterDefinition>> Shapes = new(StringComparer.Ordinal)
    {
        ["plain"] = WorldCluster.Of,
        ["fenced"] = WorldCluster.Fenced,
        ["plain-pair"] = n => WorldCluster.WithArbitrator(WorldCluster.Of(n)),
    };

    /// <summary>Two nodes that may go on alone; the seed says what else they are like.</summary>
    private const string Pair = "pair";

    /// <summary>What a seed stands for.</summary>
    /// <param name="nodes">Null: the seed says.</param>
    /// <param name="faulty">How long faults go on.</param>
    /// <param name="isPair">Two nodes that may go on alone.</param>
    public static ClusterStory Of(ulong seed, int? nodes, TimeSpan faulty, bool isPair = false)
    {
        if (isPair) nodes = 2;
        var random = new SplitMix64(seed ^ 0x5DEECE66D);
        var size = nodes ?? Sizes[random.Below(Sizes.Length)];
        var names = Enumerable.Range(1, size).Select(n => new NodeId($"n{n}")).ToArray();
        var snapshots = random.Below(3) * 40;
        var steps = new List<FaultStep>();
        for (var at = TimeSpan.Zero; at < faulty; at += steps[^1].After) steps.Add(FaultVerbs.Random(random, names, isPair));
        return new ClusterStory(seed, size, snapshots, steps, isPair ? Pair : "");
    }

    /// <summary>Mostly small: that is what there is, and more faults hit the same owner.</summary>
    private static readonly int[] Sizes = [3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 9];

    public ClusterDefinition Definition => Shapes.TryGetValue(Shape, out var of) ? of(Nodes) : Shape == Pair ? WorldCluster.WithArbitrator(Random()) : Random();

    public override string ToString()
    {
        var text = new StringBuilder($"cluster seed={Seed} nodes={Nodes} snapshots={Snapshots}{(Shape.Length > 0 ? $" {Shape}" : "")}\n");
        foreach (var step in Steps) text.Append(step).Append('\n');
        return text.ToString();
    }

    /// <summary>Lines that begin with # are for people.</summary>
    /// <exception cref="FormatException">With the line.</exception>
    public static ClusterStory Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => l[0] != '#').ToArray();
        if (lines.Length > 0
            && lines[0].Split(' ') is ["cluster", var seed, var nodes, var snapshots, .. var shape]
            && (shape is [] || (shape is [var only] && (only == Pair || Shapes.ContainsKey(only))))
            && Value(seed, "seed=") is { } first && Value(nodes, "nodes=") is { } size and >= 2 and <= 9 && Value(snapshots, "snapshots=") is { } share)
            return new ClusterStory(first, (int)size, (int)share, [.. lines.Skip(1).Select(FaultStep.Parse)], string.Concat(shape));
        throw new FormatException("a story begins with a line like 'cluster seed=7 nodes=3 snapshots=0'");
    }

    /// <summary>Stories with less in them, the smallest first: what is left out leaves its time to the step behind it.</summary>
    public IEnumerable<ClusterStory> Smaller()
    {
        for (var size = Steps.Count / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= Steps.Count; from += size) yield return Without(from, size);
        }
        if (Snapshots > 0) yield return this with { Snapshots = 0 };
    }

    private ClusterDefinition Random() => RandomCluster.Of(new SplitMix64(Seed + 17), Nodes);

    private ClusterStory Without(int from, int count)
    {
        var steps = Steps.ToList();
        var time = steps.Skip(from).Take(count).Aggregate(TimeSpan.Zero, (sum, s) => sum + s.After);
        steps.RemoveRange(from, count);
        if (from < steps.Count) steps[from] = steps[from] with { After = steps[from].After + time };
        return this with { Steps = steps };
    }

    private static ulong? Value(string text, string key) =>
        text.StartsWith(key, StringComparison.Ordinal) && ulong.TryParse(text[key.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
