namespace Drcm.StateMachine.Configuration;

/// <summary>What a resource is in the world, whatever its nickname: two resources of one identity, one of them
/// exclusive, would be two owners of the same thing (OWNERSHIP O14).</summary>
public static class PhysicalIdentity
{
    /// <summary><c>ip:ADDRESS</c>, <c>cron:INSTALLED_FILE</c>, <c>filesystem:SOURCE TARGET</c>, <c>service:NAME</c>;
    /// an application is known by its nickname alone.</summary>
    public static string Of(ResourceDefinition resource) => resource switch
    {
        IpAddressDefinition ip => $"ip:{(Addresses.TryNormalize(ip.Address, out var one) ? one : ip.Address)}",
        CrontabDefinition cron => $"cron:{InstalledFile(cron)}",
        FilesystemDefinition fs => $"filesystem:{fs.Source} {WithoutEndSlash(fs.Target)}",
        ServiceDefinition service => $"service:{service.ServiceName}",
        _ => $"application:{resource.Id.Nickname}",
    };

    /// <summary>Where a crontab ends up: its install location with the base name of its template.</summary>
    public static string InstalledFile(CrontabDefinition cron) =>
        $"{WithoutEndSlash(cron.InstallLocation)}/{cron.TemplateFile[(cron.TemplateFile.LastIndexOf('/') + 1)..]}";

    private static string WithoutEndSlash(string path) => path.TrimEnd('/');
}
