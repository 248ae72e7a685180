namespace Drcm.Chaos.Observation;

/// <summary>What is looked at, in the order of the report.</summary>
internal enum Sight
{
    /// <summary>The address that the daemon handles itself: there, and let through by the gate.</summary>
    Address,

    /// <summary>The one with a script of its own: the same.</summary>
    CustomAddress,

    /// <summary>The file is installed, and its lines would run: the host's lease is valid.</summary>
    Crontab,
    ExclusiveService,

    // Those below may be on two hosts at once; they are shown all the same.
    SharedService,

    /// <summary>On an interface, whatever the gate does.</summary>
    AddressPlaced,
    CustomAddressPlaced,

    /// <summary>Whatever the lease says.</summary>
    CrontabFile,
}

internal static class Sights
{
    public static int Count { get; } = Enum.GetValues<Sight>().Length;

    public static bool IsExclusive(Sight sight) => sight < Sight.SharedService;

    public static string Words(Sight sight) => sight switch
    {
        Sight.Address => "address",
        Sight.CustomAddress => "address, own script",
        Sight.Crontab => "crontab",
        Sight.ExclusiveService => "exclusive service",
        Sight.SharedService => "service, not exclusive",
        Sight.AddressPlaced => "address, gate aside",
        Sight.CustomAddressPlaced => "address with own script, gate aside",
        Sight.CrontabFile => "crontab file, lease aside",
    };
}
