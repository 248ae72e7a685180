namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Runs are only known to be missed where every line asks before it runs.</summary>
internal static class CatchUpCheck
{
    public static void Check(IEnumerable<ResourceDefinition> resources, LocalSettings local, ResourceRows rows, DiagnosticBag bag)
    {
        if (local.GuardsCrontabs) return;
        foreach (var crontab in resources.OfType<CrontabDefinition>().Where(c => c.CatchUp == CatchUp.Once))
        {
            if (rows.Rows.FirstOrDefault(r => r.Id == crontab.Id) is not { } row) continue;
            bag.Error(row.At, $"catch_up of {crontab.Id} has no effect with cron_guard = 0: nobody knows what cron has run",
                "remove cron_guard = 0, or catch_up");
        }
    }
}
