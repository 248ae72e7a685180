using System.Globalization;

namespace Drcm.Simulation.Cluster;

/// <summary>The command line of the whole-cluster simulation.</summary>
internal static class ClusterCommand
{
    public const string Verb = "cluster";

    private const string Usage = """
        Usage: Drcm.Simulation cluster --seeds A..B [--nodes 2..9 | --pair] [--minutes M] [--parallel P] [--brief] [--json] [--break NAME]
               Drcm.Simulation cluster --story FILE [--break NAME]

        Runs whole clusters of the real node cores and guards under virtual time, one for each seed, under crashes, freezes, cuts, loss, skewed clocks,
        failing scripts, full disks and operators' commands, and checks that nothing exclusive is ever active twice; then everything is healed, and every slot
        must be owned within its time budget. --minutes: how long faults go on. --brief: a line for each violation, and no stop at the first.
        --pair: two nodes without a witness that ask a gateway and may go on alone, with a cable between them besides.
        --break NAME has it misbehave (--break list names how); --break all takes each in turn and wants it caught.
        Exit code 0: no violation, or each caught; 1: a violation, or one was not; 2: usage.
        """;

    public static int Run(string[] args)
    {
        var options = new ClusterOptions();
        string? story = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--pair":
                    options = options with { IsPair = true };
                    break;
                case "--json":
                    options = options with { Json = true };
                    break;
                case "--brief":
                    options = options with { IsBrief = true };
                    break;
                case "--seeds" when ++i < args.Length && args[i].Split("..") is [var a, var b] && TryRead(a, out var first) && TryRead(b, out var last) && first <= last:
                    options = options with { First = first, Last = last };
                    break;
                case "--nodes" when ++i < args.Length && TryRead(args[i], out var nodes) && nodes is >= 2 and <= 9:
                    options = options with { Nodes = (int)nodes };
                    break;
                case "--minutes" when ++i < args.Length && double.TryParse(args[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 1000:
                    options = options with { Faulty = TimeSpan.FromMinutes(minutes) };
                    break;
                case "--parallel" when ++i < args.Length && TryRead(args[i], out var parallel) && parallel is > 0 and <= 256:
                    options = options with { Parallel = (int)parallel };
                    break;
                case "--story" when ++i < args.Length && File.Exists(args[i]):
                    story = args[i];
                    break;
                case "--break" when ++i < args.Length && (args[i] is "list" or "all" || ClusterBreaks.All.ContainsKey(args[i])):
                    options = options with { Break = args[i] };
                    break;
                default:
                    return Refuse();
            }
        }
        if (options.Break == "list")
        {
            Console.WriteLine(string.Join('\n', ClusterBreaks.All.Keys));
            return 0;
        }
        if (options.Break == "all") return ClusterBreaks.CatchAll(options);
        if (options.Break is { } name) options = options with { Rules = ClusterBreaks.All[name].Rules };
        if (story is not null) return Replay(story, options);
        return options.Last == 0 ? Refuse() : new ClusterSimulation(options).Run();
    }

    private static int Replay(string file, ClusterOptions options)
    {
        var run = new ClusterRun(ClusterStory.Parse(File.ReadAllText(file)), options.Rules).Run(options.MustSettle);
        Console.WriteLine(run.World.Story);
        Console.WriteLine(run.Violation.Length == 0 ? "no violation" : run.Violation);
        return run.Violation.Length == 0 ? 0 : 1;
    }

    private static bool TryRead(string text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
