using System.Globalization;
using Drcm.Simulation.Cluster;
using Drcm.Simulation.Linear;
using Drcm.Simulation.Log;

switch (args)
{
    case [LinearMember.Verb, .. var rest]:
        return await LinearMember.RunAsync(rest);
    case [LinearAsk.Verb, .. var rest]:
        return await LinearAsk.RunAsync(rest);
    case [LinearCommand.Verb, .. var rest]:
        return await LinearCommand.RunAsync(rest);
    case [ClusterCommand.Verb, .. var rest]:
        return ClusterCommand.Run(rest);
    default:
        break;
}

const string usage = """
    Usage: Drcm.Simulation log --seeds A..B [--members 3|5] [--parallel N] [--change-members] [--break NAME] [--json]
           Drcm.Simulation linear --help
           Drcm.Simulation cluster --help

    Runs clusters of the real log on a simulated network and simulated disks, one for each seed, under cuts, crashes, losses of power and full
    disks, and checks what it promises. --change-members: members lose their disks as well, are taken out and added again. --break NAME has it misbehave (--break list names how). Exit code 0: no violation; 1: a violation; 2: usage.
    --break all takes each in turn and wants it caught. Exit code 0: each was; 1: one was not.
    """;

var (first, last, members, parallel, breakName, changesMembers, json) = (0, 0, 3, Environment.ProcessorCount * 2, (string?)null, false, false);
if (args is not ["log", ..])
{
    return Usage();
}

for (var i = 1; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--json":
            json = true;
            break;
        case "--change-members":
            changesMembers = true;
            break;
        case "--seeds" when ++i < args.Length && args[i].Split("..") is [var a, var b] && TryRead(a, out first) && TryRead(b, out last) && first <= last:
        case "--members" when ++i < args.Length && TryRead(args[i], out members) && members is >= 1 and <= 7:
        case "--parallel" when ++i < args.Length && TryRead(args[i], out parallel) && parallel > 0:
            break;
        case "--break" when ++i < args.Length && (args[i] is "list" or "all" || Breaks.All.ContainsKey(args[i])):
            breakName = args[i];
            break;
        default:
            return Usage();
    }
}

if (breakName == "list")
{
    Console.WriteLine(string.Join('\n', Breaks.All.Keys));
    return 0;
}

if (breakName == "all" && last > 0)
{
    return await LogSimulation.CatchAllAsync(first, last, members, parallel);
}

return last == 0 ? Usage() : await LogSimulation.RunAsync(first, last, members, parallel, breakName, changesMembers, json);

static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

static int Usage()
{
    Console.Error.WriteLine(usage);
    return 2;
}
