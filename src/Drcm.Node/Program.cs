using Drcm.Node;
using Drcm.Node.AuditTool;
using Drcm.Node.Crontabs;
using Drcm.Node.Guarding;
using Drcm.Node.LogTool;
using Drcm.Node.Startup;

// The guard's process is small because nothing of the daemon is loaded into it: each way has a method of its own.
try
{
    return args switch
    {
        ["log", ..] => LogProgram.Run(args[1..]),
        ["audit", ..] => await AuditProgram.RunAsync(args[1..]),
        [GuardProgram.Verb, ..] => CronExec.Run(args[1..]),
        ["guard", ..] => GuardProcess.Run(args[1..]),
        _ => await DaemonProgram.RunAsync(args),
    };
}
catch (StartupException e)
{
    await Console.Error.WriteLineAsync($"drcmd: error: {e.Message}");
    return 1;
}
