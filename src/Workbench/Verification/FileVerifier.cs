using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Plugins;
using Tessera.Plugins.Management;
using Tessera.Workbench.Explaining;

namespace Tessera.Workbench.Verification;

/// <summary>Examines one file as a doctor would: the file from its outline to its last value, then whoever will work with it.</summary>
internal sealed class FileVerifier(PluginCatalog plugins, ModelParts parts, IModelLoader loader, GgufModelFile file)
{
    public ModelVerification Verify(IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        VerificationCheck structure = CheckStructure();
        if (structure.Failed)
        {
            // What the header says of the tensors' places cannot be followed.
            return new ModelVerification(file.Name, [structure], LacksPlugin: false);
        }

        if (structure.Findings.Any(finding => finding.PluginFailure is not null))
        {
            // Not all tensors' places were held against the file.
            return Complete(structure);
        }

        return Complete([structure, .. CheckContents(progress, cancellationToken)]);
    }

    /// <summary>What can be said of a file in which every tensor is in its place: shapes, weights, vocabulary.</summary>
    internal VerificationCheck[] CheckContents(IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        VerificationCheck shapes = CheckShapes(out int? vocabulary);
        return [shapes, new WeightCheck(file, parts).Run(progress, cancellationToken), new VocabularyCheck(file, loader).Run(vocabulary)];
    }

    /// <summary>Adds the check of plugins, which also tells how they failed in the others.</summary>
    private ModelVerification Complete(params VerificationCheck[] checks)
    {
        VerificationCheck ofPlugins = CheckPlugins(out bool lacksPlugin);
        IEnumerable<string> failures = checks.SelectMany(check => check.Findings).Select(finding => finding.PluginFailure).OfType<string>().Distinct();
        ofPlugins = ofPlugins with { Findings = [.. failures.Select(Finding.Fault), .. ofPlugins.Findings] };
        return new ModelVerification(file.Name, [.. checks, ofPlugins], lacksPlugin);
    }

    private VerificationCheck CheckStructure()
    {
        var findings = new List<Finding>();
        Try(findings, () => parts.CheckTensors(file));
        string subject = $"{file.Metadata.Keys.Count} keys, {file.Tensors.Count} tensors, {(file.Parts.Count == 1 ? "one file" : $"{file.Parts.Count} files")}";
        return new VerificationCheck("structure", subject, findings);
    }

    private VerificationCheck CheckShapes(out int? vocabulary)
    {
        var findings = new List<Finding>();
        int? found = null;
        Try(findings, () =>
        {
            using var builder = new ExplainingModelBuilder(file, parts, new ModelOptions { Repack = false, EmitCode = false }, CancellationToken.None);
            found = builder.Build(parts.FindArchitecture(file.Metadata)).Shape.Vocabulary;
            string[] unused = [.. file.Tensors.Values.Where(tensor => builder.UsesOf(tensor)[0] == TensorUse.Unused).Select(tensor => tensor.Name)];
            if (unused.Length > 0)
            {
                findings.Add(
                    Finding.Remark(
                        $"{file.Name}: the architecture does not use {(unused.Length == 1 ? "the tensor" : $"{unused.Length} tensors, the first is")} "
                        + $"'{unused[0]}'."));
            }
        });
        vocabulary = found;
        return new VerificationCheck("shapes", $"as the architecture '{file.Metadata.GetString("general.architecture", "?")}' asks for", findings);
    }

    private VerificationCheck CheckPlugins(out bool lacksPlugin)
    {
        var involved = new HashSet<PluginInfo>();
        var findings = new List<Finding>();
        lacksPlugin = false;
        foreach (Func<PluginInfo> find in Needed())
        {
            try
            {
                involved.Add(find());
            }
            catch (TesseraException e)
            {
                lacksPlugin |= e is MissingPluginException or PluginConflictException;
                findings.Add(Finding.Fault(e.Message));
            }
        }

        findings.AddRange(involved.SelectMany(plugin => PluginSelfCheck.FindProblems(plugins, plugin)).Select(Finding.Fault));
        string subject = involved.Count == 0 ? "none" : $"{string.Join(", ", involved)}, on this machine";
        return new VerificationCheck(ModelVerification.PluginCheck, subject, findings);
    }

    private IEnumerable<Func<PluginInfo>> Needed()
    {
        yield return () => parts.FindArchitecture(file.Metadata).Plugin;
        if (file.Metadata.TryGetValue("tokenizer.ggml.model", out _))
        {
            yield return () => parts.FindTokenizer(file.Metadata, name: null).Plugin;
        }

        foreach (GgufTensor tensor in file.Tensors.Values.DistinctBy(tensor => tensor.Type))
        {
            yield return () => parts.FindFormat(tensor).Part.Plugin;
        }
    }

    private static void Try(List<Finding> findings, Action check)
    {
        try
        {
            check();
        }
        catch (TesseraException e)
        {
            findings.Add(Finding.Of(e));
        }
    }
}
