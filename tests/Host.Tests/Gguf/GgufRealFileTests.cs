using Tessera.Conformance;
using Tessera.Gguf;

namespace Tessera.Host.Tests.Gguf;

public class GgufRealFileTests
{
    [Theory]
    [InlineData("models/stories3M.f16.gguf", 6)]
    [InlineData("vocabs/llama-spm.gguf", 10)]
    [InlineData("architectures/llama-dense.gguf", 20)]
    [InlineData("../starter/shakespeare/shakespeare.Q4_K_M.gguf", 5)]
    [InlineData("../starter/shakespeare-bpe/shakespeare-bpe.Q4_K_M.gguf", 1)]
    public void Every_file_beside_a_golden_one_opens_and_holds_its_tensors(string golden, int atLeast)
    {
        string[] paths = Directory.GetFiles(Path.GetDirectoryName(Golden.Path(golden))!, "*.gguf");

        Assert.True(paths.Length >= atLeast, $"{paths.Length} files beside {golden}");
        Assert.All(paths, path =>
        {
            using GgufModelFile model = GgufModelFile.Open(path);
            model.Parts[0].CheckTensors(GgufTestFiles.GeometryOf);
            Assert.Equal(model.Parts[0].Tensors.Count, model.Tensors.Count);
            Assert.All(model.Tensors.Values, t => Assert.NotNull(GgufTestFiles.GeometryOf(t.Type)));
            Assert.NotEmpty(model.Metadata.GetString("general.architecture"));
        });
    }

    [Fact]
    public void The_project_s_own_models_open_and_hold_their_tensors() =>
        Assert.All(Directory.GetFiles(Path.Combine(Golden.RepositoryRoot, "models"), "*.gguf"), path =>
        {
            using GgufFile file = GgufFile.Open(path);
            file.CheckTensors(GgufTestFiles.GeometryOf);
            Assert.NotEmpty(file.Tensors);
        });
}
