using System.Globalization;
using Drcm.Simulation.Log;

namespace Drcm.Simulation.Linear;

/// <summary>The command line of the linearizability proof.</summary>
internal static class LinearCommand
{
    public const string Verb = "linear";

    private const string Usage = """
        Usage: Drcm.Simulation linear [--runs N] [--seconds S] [--members 3|5] [--seed FIRST] [--break NAME] [--json]

        Runs members of the log as processes on hosts that are network namespaces, with clients that append and read, under SIGKILL, SIGSTOP, cuts, loss
        and full disks, and checks that the recorded history is linearizable. Needs root. --break NAME has the members misbehave (--break list names how).
        Exit code 0: linearizable; 1: not; 2: usage; 3: skipped, for hosts cannot be made here.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var (runs, seconds, members, seed, breakName, json) = (5, 20, 3, 1, (string?)null, false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--json":
                    json = true;
                    break;
                case "--runs" when ++i < args.Length && TryRead(args[i], out runs) && runs > 0:
                case "--seconds" when ++i < args.Length && TryRead(args[i], out seconds) && seconds > 0:
                case "--members" when ++i < args.Length && TryRead(args[i], out members) && members is > 1 and <= 7:
                case "--seed" when ++i < args.Length && TryRead(args[i], out seed):
                    break;
                case "--break" when ++i < args.Length && (args[i] == "list" || Names.Contains(args[i])):
                    breakName = args[i];
                    break;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }

        if (breakName == "list")
        {
            Console.WriteLine(string.Join('\n', Names));
            return 0;
        }

        return await LinearProof.RunAsync(seed, runs, members, TimeSpan.FromSeconds(seconds), breakName, json);
    }

    /// <summary>A disk that lies shows at a loss of power alone, which processes cannot suffer.</summary>
    private static IEnumerable<string> Names => Breaks.All.Keys.Where(n => n != Breaks.FlushesLie);

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
