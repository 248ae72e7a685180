using System.Globalization;
using Drcm.Chaos;
using Drcm.Chaos.Broken;
using Drcm.TestHosts;

const string usage = """
    Usage: Drcm.Chaos [--minutes M] [--hosts 3|5] [--seed N] [--fast] [--json] [--break NAME]

    Real daemons on hosts in network namespaces, random faults on them, and an observer who looks at every host each 5 ms. Needs root.

      --minutes M     how long faults are injected (default 10; 0.5 is half a minute)
      --hosts 3|5     default 3
      --seed N        of the faults (default: another one each time; it is printed)
      --fast          keep-alives every 20 ms and D = 200 ms; else the defaults, D = 1500 ms
      --json          the report as JSON; the steps go to stderr
      --break NAME    a product that is broken on purpose, with the one fault that shows it; --break list names them

    Exit code: 0 nobody owned twice, everything came back, no event was lost; 1 not so (a broken variant: it was caught); 2 usage, or no root.
    """;

if (args is [IdleGuard.Verb, var runDir])
{
    return IdleGuard.Run(runDir);
}

var options = new ChaosOptions(TimeSpan.FromMinutes(10), 3, Environment.TickCount & 0xffffff);
var json = false;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--minutes" when ++i < args.Length && double.TryParse(args[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 24 * 60:
            options = options with { Time = TimeSpan.FromMinutes(minutes) };
            break;
        case "--hosts" when ++i < args.Length && args[i] is "3" or "5":
            options = options with { Hosts = args[i][0] - '0' };
            break;
        case "--seed" when ++i < args.Length && int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
            options = options with { Seed = seed };
            break;
        case "--break" when ++i < args.Length && BrokenVariants.All.ContainsKey(args[i]):
            options = options with { Broken = args[i] };
            break;
        case "--break" when i < args.Length && args[i] == "list":
            foreach (var (name, variant) in BrokenVariants.All) Console.WriteLine($"{name,-12} {variant.What}");
            return 0;
        case "--fast":
            options = options with { IsFast = true };
            break;
        case "--json":
            json = true;
            break;
        default:
            Console.Error.WriteLine(usage);
            return 2;
    }
}

if (!TestNetwork.IsAvailable)
{
    Console.Error.WriteLine(TestNetwork.WhyUnavailable);
    return 2;
}

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};
Console.Error.WriteLine($"seed {options.Seed}");
var report = await ChaosRun.RunAsync(options with { Progress = Console.Error.WriteLine }, end.Token);
Console.WriteLine(json ? report.Json() : report.ToString());
return report.IsGood ? 0 : 1;
