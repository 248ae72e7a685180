using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Drcm.Fuzz;

const string usage = """
    Usage: Drcm.Fuzz [--inputs N] [--seed S] [--target NAME] [--from NUMBER] [--broken] [--json]

    Feeds changed and random bytes to every decoder that meets the network or the disk, N inputs altogether (default 1,000,000). Only the documented refusals
    are allowed, in bounded time and memory; what is accepted must survive encoding and decoding. --broken feeds decoders with a planted mistake, each of
    which must be found. --target and --from NUMBER with --inputs 1 repeat one input. Exit code 0: nothing found (--broken: everything); 1 otherwise; 2: usage.
    """;

var (inputs, seed, only, from, broken, json) = (1_000_000L, 1L, (string?)null, 0L, false, false);
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--broken":
            broken = true;
            break;
        case "--json":
            json = true;
            break;
        case "--inputs" when ++i < args.Length && TryRead(args[i], out inputs) && inputs > 0:
        case "--seed" when ++i < args.Length && TryRead(args[i], out seed):
        case "--from" when ++i < args.Length && TryRead(args[i], out from):
            break;
        case "--target" when ++i < args.Length:
            only = args[i];
            break;
        default:
            Console.Error.WriteLine(usage);
            return 2;
    }
}

var root = FuzzTargets.CreateRoot();
try
{
    var targets = FuzzTargets.Make(root.FullName).Where(t => only is null || t.Name == only).ToList();
    if (targets.Count == 0)
    {
        Console.Error.WriteLine($"there is no target '{only}'; there are {string.Join(", ", FuzzTargets.Make(root.FullName).Select(t => t.Name))}");
        return 2;
    }

    var started = Stopwatch.GetTimestamp();
    var runs = targets.ConvertAll(t => (Target: t, Run: new FuzzRun(t, seed, broken)));
    var findings = new Dictionary<string, Finding>(StringComparer.Ordinal);
    Parallel.ForEach(runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, r =>
    {
        if (r.Run.Run(from, Math.Max(1, inputs / targets.Count)) is { } finding)
        {
            lock (findings)
            {
                findings[r.Target.Name] = finding;
            }
        }
    });

    var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
    var isGood = broken ? findings.Count == targets.Count : findings.Count == 0;
    if (json)
    {
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            proof = "fuzz", seed, broken, inputs = runs.Sum(r => r.Run.Done), targets = targets.Count, seconds = Math.Round(seconds, 1),
            findings = findings.Values.Select(f => new { f.Target, f.Number, f.What, input = Convert.ToHexStringLower(f.Input) }),
        }));
        return isGood ? 0 : 1;
    }

    foreach (var (target, run) in runs)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name,-16} {run.Done,9} inputs {run.Elapsed.TotalSeconds,7:0.0} s  {(findings.TryGetValue(target.Name, out var f) ? $"FOUND at {f.Number}: {f.What.Split('\n')[0]}" : "nothing")}"));
    }

    if (!broken)
    {
        foreach (var finding in findings.Values)
        {
            Console.WriteLine($"\n{finding.Target}, again with --target {finding.Target} --seed {finding.Seed} --from {finding.Number} --inputs 1:\n{finding.What}\n{Convert.ToHexStringLower(finding.Input.AsSpan(0, Math.Min(finding.Input.Length, 2000)))}");
        }
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fuzz: {runs.Sum(r => r.Run.Done)} inputs to {targets.Count} decoders, seed {seed}, {findings.Count} findings, {seconds:0} s"));
    return isGood ? 0 : 1;
}
finally
{
    root.Delete(recursive: true);
}

static bool TryRead(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
